import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { numbered, numbersOf, range, until } from '../conformance';
import { kafkaBrokers, kafkaHarness } from '../harnesses';
import { partitionOf } from '../partition';
import { createKafkaChangeLog, type KafkaChangeLog } from './engine';

describe('change log in Kafka', () => {
  let harness: Awaited<ReturnType<typeof kafkaHarness>>;
  let log: KafkaChangeLog;
  let other: KafkaChangeLog;
  let admin: Admin;
  let topic: string;

  beforeAll(async () => {
    harness = await kafkaHarness();
    log = await harness.open();
    other = await harness.open();
    admin = new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });

  afterAll(async () => {
    await Promise.all([log?.close(), other?.close(), admin?.disconnect()]);
    await harness?.destroy();
  });

  beforeEach(async () => {
    topic = `test.${randomUUID()}`;
    await log.ensureTopics([{ name: topic, partitions: 4 }]);
  });

  it('creates topics with the settings asked for', async () => {
    const compacted = `${topic}.compacted`;
    await log.ensureTopics([
      { name: compacted, partitions: 1, compacted: true },
      { name: `${topic}.default`, retentionMs: 60_000, retentionBytes: 1_000_000 },
    ]);
    expect(await log.offsets(`${topic}.default`)).toHaveLength(12);
    expect(await settingsOf(admin, `${topic}.default`)).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': '60000',
      'retention.bytes': '1000000',
      'message.timestamp.type': 'LogAppendTime',
    });
    expect(await settingsOf(admin, topic)).toMatchObject({ 'retention.ms': '-1', 'retention.bytes': '-1' });
    expect(await settingsOf(admin, compacted)).toMatchObject({ 'cleanup.policy': 'compact' });
  });

  it('shares the partitions between the members of a group; when one leaves, the other takes over', async () => {
    const seen: number[] = [];
    const options = {
      topic,
      group: `${topic}.group`,
      maxBatchRecords: 10,
      handler: async ({ records }: { records: Parameters<typeof numbersOf>[0] }) =>
        void seen.push(...numbersOf(records)),
    };
    const first = await log.subscribe(options);
    expect(first.partitions()).toEqual([0, 1, 2, 3]);
    const second = await other.subscribe(options);
    await until(() => first.partitions().length === 2 && second.partitions().length === 2);
    expect([...first.partitions(), ...second.partitions()].sort()).toEqual([0, 1, 2, 3]);

    await log.append(topic, numbered(400));
    await until(() => seen.length >= 400);
    await second.stop();
    await log.append(topic, numbered(400, 400));
    await until(() => new Set(seen).size === 800);
    expect(first.partitions()).toEqual([0, 1, 2, 3]);
    await first.stop();
    expect([...new Set(seen)].sort((a, b) => a - b)).toEqual(range(0, 800));
    const ends = (await log.offsets(topic)).map(({ partition, end }) => [partition, end] as const);
    expect(await log.committed(topic, `${topic}.group`)).toEqual(new Map(ends));
  });

  it('loses nothing when members come and go under load, with slow handlers', async () => {
    const seen: number[] = [];
    const options = {
      topic,
      group: `${topic}.group`,
      maxBatchRecords: 5,
      handler: async ({ records }: { records: Parameters<typeof numbersOf>[0] }) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(...numbersOf(records));
      },
    };
    const first = await log.subscribe(options);
    await log.append(topic, numbered(1_000));
    for (let i = 0; i < 3; i += 1) {
      const second = await other.subscribe(options);
      await until(() => first.partitions().length === 2);
      await log.append(topic, numbered(100, 1_000 + i * 100));
      await second.stop();
    }
    await until(() => new Set(seen).size === 1_300);
    await first.stop();
  });

  it('keeps fetching bounded while a handler does not finish, and then goes on', async () => {
    await log.append(topic, numbered(5_000, 0, 'same'));
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const seen: number[] = [];
    const subscription = await log.subscribe({
      topic,
      group: `${topic}.group`,
      maxBatchRecords: 100,
      handler: async ({ records }) => {
        await gate;
        seen.push(...numbersOf(records));
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    open();
    await until(() => seen.length >= 5_000);
    await subscription.stop();
    expect(seen).toEqual(range(0, 5_000));
  });

  it('reads without leaving a group behind', async () => {
    await log.append(topic, numbered(10, 0, 'same'));
    const before = (await admin.listGroups()).groups.map(({ groupId }) => groupId).sort();
    expect(await log.read(topic, partitionOf('same', 4), 5, 100)).toHaveLength(5);
    expect((await admin.listGroups()).groups.map(({ groupId }) => groupId).sort()).toEqual(before);
  });

  it('reads from the oldest record kept when older ones are asked for', async () => {
    await log.append(topic, numbered(10, 0, 'same'));
    const partition = partitionOf('same', 4);
    // Makes the admin client load the topic's metadata, which deleting does not.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '6' }] });
    expect(numbersOf(await log.read(topic, partition, 0, 100))).toEqual([6, 7, 8, 9]);
    const seen: number[] = [];
    const subscription = await log.subscribe({
      topic,
      group: `${topic}.group`,
      handler: async ({ records }) => void seen.push(...numbersOf(records)),
    });
    await until(() => seen.length === 4);
    await subscription.stop();
  });

  it('rejects when no broker answers', async () => {
    const nowhere = createKafkaChangeLog({ brokers: ['127.0.0.1:1'], clientId: 'test' });
    await expect(nowhere.ping()).rejects.toThrow();
    await nowhere.close();
  });
});

async function settingsOf(admin: Admin, topic: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: topic }],
  });
  return Object.fromEntries(
    (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
  );
}
