/**
 * From an embedded data folder to servers: everything the folder holds is published to Kafka, where the
 * same consumers make the same boards and reports of it. The folder stays as it is.
 *
 * It can be cut short and begun anew: events and control data that are there change nothing, and dead
 * letters that are there are known by their content.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createEmbeddedChangeLog,
  TOPICS,
  type ChangeLog,
  type LogRecord,
  type StoredRecord,
} from '#change-log';
import { ControlStore } from '#control';
import { recordKey } from '#crm';
import { DeadLetterStore } from '#dead-letters';
import { openLog } from '#engines';
import { FACTS_GROUP } from '#pipeline';
import { ConfigurationError, createLogger, loadTenants, type Settings } from '#platform';
import { allEvents, countEvents, migrate, openWarehouse, tenantsIn, type Warehouse } from '#warehouse';
import { FolderGate } from './gate';

/** What is in Kafka now. */
export interface Moved {
  /** Events: every version of every record. */
  events: number;
  /** Open dead letters. */
  deadLetters: number;
  /** Keys, screens, settings, layouts, audit entries, erasures. */
  control: number;
}

export interface MoveProgress {
  start(events: number): void;
  advance(events: number): void;
}

const PAGE = 2_000;
const HEADERS = { 'content-type': 'application/cloudevents+json' };
/** Control data that means nothing elsewhere: one-time links, and numbers of dead letters here. */
const LEFT_BEHIND: readonly string[] = ['ticket', 'dead-letter'];

/** @throws ConfigurationError, FolderInUse, or what kept an engine from opening. */
export async function moveToServers(settings: Settings, progress: MoveProgress): Promise<Moved> {
  const { dataDir } = settings;
  if (!settings.KAFKA_BROKERS) throw new ConfigurationError('set KAFKA_BROKERS to where the data is to go');
  const path = join(dataDir, 'change-log');
  if (!existsSync(path)) throw new ConfigurationError(`${dataDir} holds no embedded data: set DATA_DIR`);
  const gate = await FolderGate.take(dataDir);
  const closing: (() => Promise<unknown>)[] = [() => gate.release()];
  try {
    const source = createEmbeddedChangeLog({ path });
    closing.push(() => source.close());
    const warehouse = await openWarehouse({ dataDir });
    closing.push(() => warehouse.close());
    await migrate(warehouse);
    await mustKnow(settings, await tenantsIn(warehouse));
    const target = await openLog(settings);
    closing.push(() => target.close());
    // What says who may see what, and what was erased, is there before any record.
    const control = await moveControl(source, target);
    const events = await moveEvents(source, warehouse, target, progress);
    const deadLetters = await moveLetters(source, target, settings);
    return { events, deadLetters, control };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** An event of a tenant that the consumers do not know would be set aside. */
async function mustKnow(settings: Settings, held: readonly string[]): Promise<void> {
  const tenants = loadTenants(settings);
  const unknown = held.filter((tenant) => !tenants.has(tenant));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `the folder holds records of ${unknown.join(', ')}: name them in TENANTS_FILE`,
    );
  }
}

async function moveControl(source: ChangeLog, target: ChangeLog): Promise<number> {
  const there = new Set<string>();
  for await (const { key } of recordsOf(target, TOPICS.control)) there.add(key);
  const records: LogRecord[] = [];
  for await (const { key, value, headers } of recordsOf(source, TOPICS.control)) {
    const left = LEFT_BEHIND.includes(key.split('/', 1)[0] ?? '');
    if (!left && !there.has(key)) records.push({ key, value, headers });
  }
  if (records.length > 0) await target.append(TOPICS.control, records);
  return records.length;
}

async function moveEvents(
  source: ChangeLog,
  warehouse: Warehouse,
  target: ChangeLog,
  progress: MoveProgress,
): Promise<number> {
  let events = 0;
  const append = async (records: LogRecord[]): Promise<void> => {
    await target.append(TOPICS.events, records);
    events += records.length;
    progress.advance(records.length);
  };
  progress.start(await countEvents(warehouse));
  for await (const page of allEvents(warehouse, PAGE)) {
    await append(
      page.map(({ tenant, entity, id, event }) => ({
        key: recordKey(tenant, entity, id),
        value: Buffer.from(JSON.stringify(event)),
        headers: HEADERS,
      })),
    );
  }
  // What the folder had accepted and not stored yet.
  const stored = await source.committed(TOPICS.events, FACTS_GROUP);
  for await (const { key, value, headers } of recordsOf(source, TOPICS.events, stored)) {
    await append([{ key, value, headers }]);
  }
  return events;
}

async function moveLetters(source: ChangeLog, target: ChangeLog, settings: Settings): Promise<number> {
  const control = new ControlStore(source, createLogger('move', settings.LOG_LEVEL));
  await control.start();
  await control.stop();
  const open = new DeadLetterStore(source, control, loadTenants(settings));
  const { rows } = await open.list(undefined, { offset: 0, limit: Number.MAX_SAFE_INTEGER });
  const wanted = new Set(rows.map(({ id }) => id));
  const there = new Set<string>();
  for await (const record of recordsOf(target, TOPICS.deadLetters)) there.add(contentOf(record));
  const letters: LogRecord[] = [];
  for await (const record of recordsOf(source, TOPICS.deadLetters)) {
    const letter = elsewhere(record);
    if (wanted.has(String(record.offset)) && !there.has(contentOf(letter))) letters.push(letter);
  }
  if (letters.length > 0) await target.append(TOPICS.deadLetters, letters);
  return letters.length;
}

/** Another log has its own record at the place where this one stood. */
function elsewhere({ key, value, headers }: StoredRecord): LogRecord {
  const topic = headers['original-topic'];
  return {
    key,
    value,
    headers: topic === undefined ? headers : { ...headers, 'original-topic': `embedded/${topic}` },
  };
}

function contentOf({ key, value, headers = {} }: LogRecord): string {
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([key, sorted]))
    .update(value)
    .digest('base64');
}

/** Every record of a topic, or of each partition from a position on. */
async function* recordsOf(
  log: ChangeLog,
  topic: string,
  from: ReadonlyMap<number, number> = new Map(),
): AsyncIterable<StoredRecord> {
  for (const { partition, start, end } of await log.offsets(topic)) {
    let position = Math.max(start, from.get(partition) ?? start);
    while (position < end) {
      const records = await log.read(topic, partition, position, PAGE);
      yield* records;
      position = (records.at(-1)?.offset ?? end - 1) + 1;
    }
  }
}
