import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { partitionOf } from './partition';
import {
  Rewind,
  type ChangeLog,
  type LogBatch,
  type LogRecord,
  type StoredRecord,
  type SubscribeOptions,
} from './port';

/** One log to test, and the way to it. */
export interface ChangeLogHarness<Log extends ChangeLog = ChangeLog> {
  /** Opens the same log each time; an embedded one must not be open then. */
  open(): Promise<Log>;
  /** Removes what the tests wrote. */
  destroy(): Promise<void>;
}

const DEADLINE_MS = 20_000;

/** What every engine of the change log must do. */
export function describeChangeLog(name: string, createHarness: () => Promise<ChangeLogHarness>): void {
  describe(`change log: ${name}`, () => {
    let harness: ChangeLogHarness;
    let log: ChangeLog;
    let topic: string;

    beforeAll(async () => {
      harness = await createHarness();
      log = await harness.open();
    });

    afterAll(async () => {
      await log?.close();
      await harness?.destroy();
    });

    beforeEach(async () => {
      topic = `test.${randomUUID()}`;
      await log.ensureTopics([{ name: topic, partitions: 3 }]);
    });

    const reopen = async () => {
      await log.close();
      log = await harness.open();
    };

    const subscribe = (handler: SubscribeOptions['handler'], options: Partial<SubscribeOptions> = {}) =>
      log.subscribe({ topic, group: `${topic}.group`, handler, ...options });

    it('answers a ping and creates a missing topic once', async () => {
      await log.ping();
      await log.ensureTopics([{ name: topic, partitions: 5 }]);
      expect(await log.offsets(topic)).toEqual(
        [0, 1, 2].map((partition) => ({ partition, start: 0, end: 0 })),
      );
    });

    it('refuses a topic that was never created', async () => {
      await expect(log.append(`${topic}.missing`, numbered(1))).rejects.toThrow();
    });

    it('puts a record where its key says and gives back every byte', async () => {
      const record = {
        key: 'default/客户/c-1',
        value: randomBytes(3_000),
        headers: { 'content-type': 'application/cloudevents+json', reason: '原因' },
      };
      const before = Date.now();
      await log.append(topic, [record, { key: '', value: Buffer.alloc(0) }]);
      const stored = await readAll(log, topic);
      expect(stored.get(partitionOf(record.key, 3))).toContainEqual({
        ...record,
        offset: expect.any(Number) as number,
        timestamp: expect.any(Number) as number,
      });
      const empty = stored.get(partitionOf('', 3))?.find(({ key }) => key === '');
      expect(empty).toMatchObject({ value: Buffer.alloc(0), headers: {} });
      for (const { timestamp } of [...stored.values()].flat()) {
        expect(timestamp).toBeGreaterThanOrEqual(before - 1_000);
        expect(timestamp).toBeLessThanOrEqual(Date.now() + 1_000);
      }
    });

    it('keeps what was appended, and continues its offsets, when opened again', async () => {
      await log.append(topic, numbered(100));
      const before = await readAll(log, topic);
      await reopen();
      expect(await readAll(log, topic)).toEqual(before);
      await log.append(topic, numbered(100, 100));
      const after = await readAll(log, topic);
      expect([...after.values()].flat()).toHaveLength(200);
      for (const records of after.values()) expect(offsetsOf(records)).toEqual(records.map((_, i) => i));
    });

    it('keeps the order of each key over many appends at once', async () => {
      const appends = Array.from({ length: 200 }, (_, i) => [
        { key: `k${i % 7}`, value: Buffer.from(String(i)) },
      ]);
      await Promise.all(appends.map((records) => log.append(topic, records)));
      const seen = new Map<string, number[]>();
      for (const { key, value } of [...(await readAll(log, topic)).values()].flat()) {
        seen.set(key, [...(seen.get(key) ?? []), Number(value)]);
      }
      expect([...seen.values()].flat()).toHaveLength(200);
      for (const values of seen.values()) expect(values).toEqual([...values].sort((a, b) => a - b));
    });

    it('takes one append larger than any request', async () => {
      const records = numbered(30).map((record) => ({ ...record, value: randomBytes(200_000) }));
      await log.append(topic, records);
      const stored = [...(await readAll(log, topic)).values()].flat();
      for (const { key, value } of records) {
        expect(stored.find((record) => record.key === key)?.value.equals(value)).toBe(true);
      }
    });

    it('reads from any offset, outside any group', async () => {
      await log.append(topic, numbered(300, 0, 'same'));
      const partition = partitionOf('same', 3);
      expect(numbersOf(await log.read(topic, partition, 0, 3))).toEqual([0, 1, 2]);
      expect(numbersOf(await log.read(topic, partition, 250, 100))).toEqual(range(250, 300));
      expect(await log.read(topic, partition, 300, 10)).toEqual([]);
      expect(await log.read(topic, partition, 1_000, 10)).toEqual([]);
    });

    it('delivers all records to a group, in order, in bounded batches of one partition', async () => {
      await log.append(topic, numbered(500));
      const batches: LogBatch[] = [];
      const subscription = await subscribe(async (batch) => void batches.push(batch), {
        maxBatchRecords: 40,
        maxBatchBytes: 60,
      });
      await until(() => recordsOf(batches).length >= 500);
      await subscription.stop();
      expect(numbersOf(recordsOf(batches)).sort((a, b) => a - b)).toEqual(range(0, 500));
      const position = new Map<number, number>();
      for (const { partition, records, next, end } of batches) {
        expect(records.length).toBeLessThanOrEqual(40);
        expect(records.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThanOrEqual(60);
        expect(records[0]?.offset).toBe(position.get(partition) ?? 0);
        expect(next).toBe((records.at(-1)?.offset ?? 0) + 1);
        expect(end).toBeGreaterThanOrEqual(next);
        position.set(partition, next);
      }
    });

    it('hands over a single record that is larger than a batch may be', async () => {
      await log.append(topic, [{ key: 'k', value: randomBytes(5_000) }]);
      const batches: LogBatch[] = [];
      const subscription = await subscribe(async (batch) => void batches.push(batch), { maxBatchBytes: 100 });
      await until(() => batches.length > 0);
      await subscription.stop();
      expect(recordsOf(batches)).toHaveLength(1);
    });

    it('wakes a waiting group at once', async () => {
      let arrived = 0;
      const subscription = await subscribe(async () => {
        arrived = performance.now();
      });
      await log.append(topic, numbered(1, 0, 'warm'));
      await until(() => arrived > 0);
      await delay(300);
      arrived = 0;
      const sent = performance.now();
      await log.append(topic, numbered(1, 1, 'warm'));
      await until(() => arrived > 0);
      await subscription.stop();
      expect(arrived - sent).toBeLessThan(400);
    });

    it('commits only after the handler has resolved', async () => {
      await log.append(topic, numbered(10, 0, 'same'));
      const partition = partitionOf('same', 3);
      const gate = openGate();
      let called = 0;
      const subscription = await subscribe(async () => {
        called += 1;
        await gate.opened;
      });
      await until(() => called === 1);
      await delay(500);
      expect(await log.committed(topic, `${topic}.group`)).toEqual(new Map());
      gate.open();
      await until(async () => (await log.committed(topic, `${topic}.group`)).get(partition) === 10);
      await subscription.stop();
      expect(called).toBe(1);
    });

    it('hands the same records over again after an error of any kind, and other partitions go on', async () => {
      await log.append(topic, numbered(60));
      const [failing] = [...(await readAll(log, topic)).entries()].find(([, records]) => records.length > 0)!;
      const attempts: LogBatch[] = [];
      const others: LogBatch[] = [];
      const errors: unknown[] = [];
      const failures = [
        () => Promise.reject(new Error('sink is down')),
        () => (undefined as unknown as { missing: { value: never } }).missing.value,
        () => {
          throw new RangeError('not an async one');
        },
      ];
      const subscription = await subscribe(
        (batch) => {
          if (batch.partition !== failing) {
            others.push(batch);
            return Promise.resolve();
          }
          attempts.push(batch);
          return failures[attempts.length - 1]?.() ?? Promise.resolve();
        },
        { onError: (error, partition) => void (partition === failing && errors.push(error)) },
      );
      const total = 60;
      await until(
        () => attempts.length >= 4 && recordsOf(others).length + attempts[0]!.records.length >= total,
      );
      await until(
        async () => (await log.committed(topic, `${topic}.group`)).get(failing) === attempts[0]!.next,
      );
      await subscription.stop();
      expect(errors).toHaveLength(3);
      expect(attempts).toHaveLength(4);
      for (const attempt of attempts) expect(attempt.records).toEqual(attempts[0]!.records);
    });

    it('never runs two handlers of one partition at a time, but different partitions side by side', async () => {
      await log.append(topic, numbered(300));
      const running = new Map<number, number>();
      let seen = 0;
      let most = 0;
      const subscription = await subscribe(
        async ({ partition, records }) => {
          running.set(partition, (running.get(partition) ?? 0) + 1);
          expect(running.get(partition)).toBe(1);
          most = Math.max(most, [...running.values()].filter((count) => count > 0).length);
          await delay(10);
          running.set(partition, 0);
          seen += records.length;
        },
        { maxBatchRecords: 20 },
      );
      await until(() => seen >= 300);
      await subscription.stop();
      expect(most).toBeGreaterThan(1);
    });

    it('goes back to where a handler rewinds to', async () => {
      await log.append(topic, numbered(100, 0, 'same'));
      const seen: number[] = [];
      let rewound = false;
      const subscription = await subscribe(
        async ({ records }) => {
          if (!rewound && records[0]!.offset >= 50) {
            rewound = true;
            throw new Rewind(20);
          }
          seen.push(...offsetsOf(records));
        },
        { maxBatchRecords: 25 },
      );
      await until(() => seen.at(-1) === 99);
      await subscription.stop();
      expect(seen).toEqual([...range(0, 50), ...range(20, 100)]);
      const committed = await log.committed(topic, `${topic}.group`);
      expect(committed.get(partitionOf('same', 3))).toBe(100);
    });

    it('continues where the group stopped, also when opened again', async () => {
      const seen: number[] = [];
      const handler = async ({ records }: LogBatch) => void seen.push(...numbersOf(records));
      const first = await subscribe(handler);
      await log.append(topic, numbered(50));
      await until(() => seen.length === 50);
      await first.stop();
      await log.append(topic, numbered(50, 50));
      await delay(300);
      expect(seen).toHaveLength(50);
      await reopen();
      const second = await subscribe(handler);
      await until(() => seen.length >= 100);
      await second.stop();
      expect(seen.sort((a, b) => a - b)).toEqual(range(0, 100));
    });

    it('lets groups read independently', async () => {
      await log.append(topic, numbered(40));
      const fast: LogBatch[] = [];
      const slow: LogBatch[] = [];
      const gate = openGate();
      const one = await subscribe(async (batch) => void fast.push(batch), { group: `${topic}.fast` });
      const two = await subscribe(
        async (batch) => {
          await gate.opened;
          slow.push(batch);
        },
        { group: `${topic}.slow` },
      );
      await until(() => recordsOf(fast).length === 40);
      expect(slow).toEqual([]);
      gate.open();
      await until(() => recordsOf(slow).length === 40);
      await Promise.all([one.stop(), two.stop()]);
    });

    it('waits on stop for the handlers under way, tells them, and commits what they finished', async () => {
      await log.append(topic, numbered(10, 0, 'same'));
      const gate = openGate();
      let cancelled: (() => boolean) | null = null;
      let finished = false;
      const subscription = await subscribe(async (_, context) => {
        cancelled = () => context.cancelled();
        await gate.opened;
        finished = true;
      });
      await until(() => cancelled !== null);
      expect(cancelled!()).toBe(false);
      const stopped = subscription.stop();
      await until(() => cancelled!());
      expect(await Promise.race([stopped.then(() => 'stopped'), delay(300, 'waiting')])).toBe('waiting');
      gate.open();
      await stopped;
      expect(finished).toBe(true);
      expect((await log.committed(topic, `${topic}.group`)).get(partitionOf('same', 3))).toBe(10);
    });

    it('stops while a handler keeps failing, without committing', async () => {
      await log.append(topic, numbered(10));
      let failures = 0;
      const subscription = await subscribe(async () => {
        failures += 1;
        throw new Error('never works');
      });
      await until(() => failures > 1);
      await subscription.stop();
      expect(await log.committed(topic, `${topic}.group`)).toEqual(new Map());
    });

    it('tells which partitions are owned', async () => {
      const told: number[][] = [];
      const subscription = await subscribe(async () => undefined, {
        onAssignment: (partitions) => told.push(partitions),
      });
      expect(subscription.partitions()).toEqual([0, 1, 2]);
      expect(told.at(-1)).toEqual([0, 1, 2]);
      await subscription.stop();
    });

    it('keeps the newest record of every key of a compacted topic', async () => {
      const control = `${topic}.control`;
      await log.ensureTopics([{ name: control, partitions: 1, compacted: true }]);
      for (let i = 0; i < 30; i += 1) await log.append(control, numbered(1, i, `key${i % 3}`));
      const newest = new Map(
        (await log.read(control, 0, 0, 1_000)).map(({ key, value }) => [key, Number(value)]),
      );
      expect(newest).toEqual(new Map([27, 28, 29].map((i) => [`key${i % 3}`, i])));
    });

    it('refuses to work once closed', async () => {
      await log.close();
      await expect(log.append(topic, numbered(1))).rejects.toThrow('closed');
      await expect(log.ping()).rejects.toThrow('closed');
      log = await harness.open();
    });
  });
}

/** Records whose value is a number, with a key each or one for all. */
export function numbered(count: number, first = 0, key?: string): LogRecord[] {
  return range(first, first + count).map((i) => ({ key: key ?? `key-${i}`, value: Buffer.from(String(i)) }));
}

export function numbersOf(records: StoredRecord[]): number[] {
  return records.map(({ value }) => Number(value));
}

/** Waits for a condition to hold; rejects after {@link DEADLINE_MS}. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`not so after ${DEADLINE_MS} ms: ${condition.toString()}`);
    await delay(10);
  }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** All records of a topic, by partition. */
async function readAll(log: ChangeLog, topic: string): Promise<Map<number, StoredRecord[]>> {
  const all = new Map<number, StoredRecord[]>();
  for (const { partition, start, end } of await log.offsets(topic)) {
    all.set(partition, await log.read(topic, partition, start, end - start));
  }
  return all;
}

function recordsOf(batches: LogBatch[]): StoredRecord[] {
  return batches.flatMap(({ records }) => records);
}

function offsetsOf(records: StoredRecord[]): number[] {
  return records.map(({ offset }) => offset);
}

function openGate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
