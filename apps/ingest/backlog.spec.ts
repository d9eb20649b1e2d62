/** What waits behind the log turns publishers away before it harms, on both engines of the log. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openChangeLog, TOPICS, type ChangeLog, type LogBatch } from '#change-log';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import { createLogger } from '#platform';
import { Backlog, type BacklogSettings } from './backlog';

const logger = createLogger('spec', 'silent');
const DAY_MS = 86_400_000;

const event = (id: number): { key: string; value: Buffer } => ({
  key: `default/contract/${id}`,
  value: Buffer.alloc(100, 'x'),
});

describe.each(['embedded', 'kafka'])('the backlog of the %s log', (engine) => {
  let folder: string;
  let log: ChangeLog;
  let settings: BacklogSettings;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backlog-'));
    const kafkaBrokers = engine === 'kafka' ? process.env['KAFKA_BROKERS']?.split(',') : undefined;
    if (engine === 'kafka' && !kafkaBrokers) throw new Error('set KAFKA_BROKERS to a Kafka to test with');
    log = isolated(await openChangeLog({ kafkaBrokers, dataDir: folder }), `test.${randomUUID()}`);
    await log.ensureTopics([{ name: TOPICS.events, partitions: 2 }]);
    settings = {
      INTAKE_MAX_LAG: 100,
      INTAKE_MIN_FREE_BYTES: 0,
      LOG_RETENTION_BYTES: 1e12,
      LOG_RETENTION_DAYS: 14,
      dataDir: folder,
    };
  });
  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  const consume = async (group: string): Promise<void> => {
    let taken = 0;
    const ends = (await log.offsets(TOPICS.events)).reduce((sum, { end }) => sum + end, 0);
    const handler = async ({ records }: LogBatch): Promise<void> => void (taken += records.length);
    const subscription = await log.subscribe({ topic: TOPICS.events, group, handler });
    for (const until = Date.now() + 30_000; taken < ends && Date.now() < until;) await sleep(20);
    await subscription.stop();
  };

  it('refuses while the slower consumer is too far behind, and takes again once it has come on', async () => {
    const backlog = new Backlog(log, settings, logger);
    await log.append(
      TOPICS.events,
      Array.from({ length: 100 }, (_, id) => event(id)),
    );
    await backlog.look();
    expect([backlog.lagEvents, backlog.refusal]).toEqual([100, null]);
    await log.append(TOPICS.events, [event(1)]);
    await backlog.look();
    expect(backlog.lagEvents).toBe(101);
    expect(backlog.refusal?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    await consume(LEADERBOARDS_GROUP);
    await backlog.look();
    expect(backlog.refusal).not.toBeNull();
    await consume(FACTS_GROUP);
    await backlog.look();
    expect([backlog.lagEvents, backlog.refusal]).toEqual([0, null]);
  });

  it('refuses before the log would let go of what was not taken: by size and by age', async () => {
    await log.append(TOPICS.events, [event(1), event(2), event(3)]);
    const small = new Backlog(log, { ...settings, LOG_RETENTION_BYTES: 200 }, logger);
    small.appended(3, 300);
    await small.look();
    expect(small.refusal).not.toBeNull();
    const backlog = new Backlog(log, settings, logger);
    await backlog.look(Date.now() + 11 * DAY_MS);
    expect(backlog.refusal).toBeNull();
    await backlog.look(Date.now() + 12 * DAY_MS);
    expect(backlog.refusal).not.toBeNull();
    await consume(LEADERBOARDS_GROUP);
    await consume(FACTS_GROUP);
    await backlog.look(Date.now() + 12 * DAY_MS);
    expect(backlog.refusal).toBeNull();
  });

  it('watches the disk where the log is on it', async () => {
    const backlog = new Backlog(log, { ...settings, INTAKE_MIN_FREE_BYTES: Number.MAX_SAFE_INTEGER }, logger);
    await backlog.look();
    expect(backlog.refusal !== null).toBe(engine === 'embedded');
  });
});

/** The same log under names of its own: the topic and its groups are everybody's. */
function isolated(log: ChangeLog, prefix: string): ChangeLog {
  const named = (name: string): string => `${prefix}.${name}`;
  return {
    engine: log.engine,
    ensureTopics: (topics) =>
      log.ensureTopics(topics.map((topic) => ({ ...topic, name: named(topic.name) }))),
    append: (topic, records) => log.append(named(topic), records),
    subscribe: (options) =>
      log.subscribe({ ...options, topic: named(options.topic), group: named(options.group) }),
    offsets: (topic) => log.offsets(named(topic)),
    committed: (topic, group) => log.committed(named(topic), named(group)),
    read: (topic, partition, offset, limit) => log.read(named(topic), partition, offset, limit),
    ping: () => log.ping(),
    close: () => log.close(),
  };
}
