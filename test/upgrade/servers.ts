/** The contents of Kafka, Redis and ClickHouse as data, read from a running system and put into empty servers. */
import { Readable } from 'node:stream';
import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { Kafka, logLevel, type Admin, type ITopicConfig } from 'kafkajs';
import { openChangeLog, TOPICS, type StoredRecord } from '#change-log';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';

export interface ServerSettings {
  KAFKA_BROKERS: string;
  REDIS_URL: string;
  CLICKHOUSE_URL: string;
}

interface TopicContents {
  topic: string;
  compacted: boolean;
  /** Records by partition, in order, from offset 0 on. */
  partitions: { key: string; value: string; headers: Record<string, string> }[][];
  /** Consumer group to position by partition. */
  committed: Record<string, number[]>;
}

/** A key with what it holds, bytes as base64; expiry is left away, which a fixture must not have. */
interface RedisKey {
  key: string;
  /** The command that makes it, with its arguments after the key. */
  command: 'set' | 'hset' | 'zadd' | 'rpush' | 'sadd';
  args: string[];
}

interface TableContents {
  create: string;
  name: string;
  /** TabSeparated. */
  rows: string;
}

export interface ServerContents {
  topics: TopicContents[];
  keys: RedisKey[];
  tables: TableContents[];
}

const GROUPS = [FACTS_GROUP, LEADERBOARDS_GROUP];

export async function readServerContents(settings: ServerSettings): Promise<ServerContents> {
  return {
    topics: await readTopics(settings.KAFKA_BROKERS),
    keys: await readKeys(settings.REDIS_URL),
    tables: await readTables(settings.CLICKHOUSE_URL),
  };
}

/** Into servers that hold nothing. */
export async function fillServers(settings: ServerSettings, contents: ServerContents): Promise<void> {
  await fillTopics(settings.KAFKA_BROKERS, contents.topics);
  await fillKeys(settings.REDIS_URL, contents.keys);
  await fillTables(settings.CLICKHOUSE_URL, contents.tables);
}

async function readTopics(brokers: string): Promise<TopicContents[]> {
  const log = await openChangeLog({ kafkaBrokers: brokers.split(','), dataDir: '' });
  try {
    const topics: TopicContents[] = [];
    for (const topic of Object.values(TOPICS)) {
      const offsets = await log.offsets(topic);
      const partitions = [];
      for (const { partition, end } of offsets) {
        const records = end === 0 ? [] : await log.read(topic, partition, 0, end);
        partitions.push(records.map(contentsOf));
      }
      const committed: Record<string, number[]> = {};
      for (const group of topic === TOPICS.events ? GROUPS : []) {
        const positions = await log.committed(topic, group);
        committed[group] = offsets.map(({ partition }) => positions.get(partition) ?? 0);
      }
      topics.push({ topic, compacted: topic === TOPICS.control, partitions, committed });
    }
    return topics;
  } finally {
    await log.close();
  }
}

const contentsOf = ({ key, value, headers }: StoredRecord): TopicContents['partitions'][number][number] => ({
  key,
  value: value.toString('base64'),
  headers,
});

/** By kafkajs itself: a later release may place records otherwise than this one did. */
async function fillTopics(brokers: string, topics: readonly TopicContents[]): Promise<void> {
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'fixture', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  try {
    await admin.createTopics({ waitForLeaders: true, topics: topics.map(topicConfig) });
    for (const { topic, partitions, committed } of topics) {
      const messages = partitions.flatMap((records, partition) =>
        records.map(({ key, value, headers }) => ({
          partition,
          key,
          value: Buffer.from(value, 'base64'),
          headers,
        })),
      );
      await producer.send({ topic, messages });
      await setPositions(admin, topic, committed);
    }
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}

async function setPositions(
  admin: Admin,
  topic: string,
  committed: Readonly<Record<string, number[]>>,
): Promise<void> {
  for (const [groupId, positions] of Object.entries(committed)) {
    const partitions = positions.map((offset, partition) => ({ partition, offset: String(offset) }));
    await admin.setOffsets({ groupId, topic, partitions });
  }
}

function topicConfig({ topic, partitions, compacted }: TopicContents): ITopicConfig {
  const configEntries = compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : [];
  return { topic, numPartitions: partitions.length, replicationFactor: 1, configEntries };
}

async function readKeys(url: string): Promise<RedisKey[]> {
  const redis = new Redis(url);
  try {
    const names = (await redis.keysBuffer('*')).sort((a, b) => a.compare(b));
    return await Promise.all(names.map((name) => readKey(redis, name)));
  } finally {
    redis.disconnect();
  }
}

async function readKey(redis: Redis, name: Buffer): Promise<RedisKey> {
  const found = (command: RedisKey['command'], args: Buffer[]): RedisKey => ({
    key: name.toString('base64'),
    command,
    args: args.map((arg) => arg.toString('base64')),
  });
  const call = async (...args: (string | Buffer)[]): Promise<Buffer[]> =>
    (await redis.callBuffer(...(args as [string, ...Buffer[]]))) as Buffer[];
  const type = await redis.type(name);
  switch (type) {
    case 'string':
      return found('set', [(await redis.getBuffer(name)) ?? Buffer.alloc(0)]);
    case 'hash':
      return found('hset', await call('HGETALL', name));
    case 'list':
      return found('rpush', await redis.lrangeBuffer(name, 0, -1));
    case 'set':
      return found('sadd', await redis.smembersBuffer(name));
    case 'zset':
      return found('zadd', swapped(await redis.zrangeBuffer(name, 0, -1, 'WITHSCORES')));
    default:
      throw new Error(`Redis has a key of type ${type}`);
  }
}

/** Members and scores as ZADD wants them: the score first. */
function swapped(pairs: readonly Buffer[]): Buffer[] {
  return pairs.map((_, index) => pairs[index % 2 === 0 ? index + 1 : index - 1] as Buffer);
}

async function fillKeys(url: string, keys: readonly RedisKey[]): Promise<void> {
  const redis = new Redis(url);
  try {
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
    for (const { key, command, args } of keys) await redis.call(command, bytes(key), ...args.map(bytes));
  } finally {
    redis.disconnect();
  }
}

async function readTables(url: string): Promise<TableContents[]> {
  const client = createClient({ url });
  try {
    const result = await client.query({
      query: `SELECT name, create_table_query AS create FROM system.tables
              WHERE database = currentDatabase() ORDER BY name`,
      format: 'JSONEachRow',
    });
    const tables = await result.json<{ name: string; create: string }>();
    const contents: TableContents[] = [];
    for (const { name, create } of tables) {
      const rows = await client.query({ query: `SELECT * FROM ${name}`, format: 'TabSeparated' });
      contents.push({ name, create, rows: await rows.text() });
    }
    return contents;
  } finally {
    await client.close();
  }
}

async function fillTables(url: string, tables: readonly TableContents[]): Promise<void> {
  const client = createClient({ url });
  try {
    for (const { name, create, rows } of tables) {
      await client.command({ query: create });
      const values = Readable.from([Buffer.from(rows)], { objectMode: false });
      if (rows !== '') await client.insert({ table: name, values, format: 'TabSeparated' });
    }
  } finally {
    await client.close();
  }
}
