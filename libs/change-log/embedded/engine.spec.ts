import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { numbered, numbersOf, range, until } from '../conformance';
import { embeddedHarness } from '../harnesses';
import type { EmbeddedChangeLog } from './engine';
import { CorruptChunk } from './store';

describe('embedded change log', () => {
  let harness: Awaited<ReturnType<typeof embeddedHarness>>;
  let log: EmbeddedChangeLog;

  beforeEach(async () => {
    harness = await embeddedHarness();
    log = await harness.open();
  });

  afterEach(async () => {
    await log.close();
    await harness.destroy();
  });

  const topicOf = async (settings: {
    retentionMs?: number;
    retentionBytes?: number;
    compacted?: boolean;
  }) => {
    const name = `test.${randomUUID()}`;
    await log.ensureTopics([{ name, partitions: 1, ...settings }]);
    return name;
  };

  it('gives a topic that names no partitions its own default', async () => {
    await log.ensureTopics([{ name: 'test.default' }]);
    expect(await log.offsets('test.default')).toHaveLength(4);
  });

  it('deletes what is too old, and goes on counting from the end', async () => {
    const topic = await topicOf({ retentionMs: 200 });
    await log.append(topic, numbered(10));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await log.append(topic, numbered(10, 10));
    await log.sweep();
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 10, end: 20 }]);
    expect(numbersOf(await log.read(topic, 0, 0, 100))).toEqual(range(10, 20));

    await new Promise((resolve) => setTimeout(resolve, 300));
    await log.sweep();
    await log.close();
    log = await harness.open();
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 20, end: 20 }]);
    await log.append(topic, numbered(1, 20));
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 20, end: 21 }]);
  });

  it('deletes the oldest beyond the size kept, but never the newest chunk', async () => {
    const topic = await topicOf({ retentionBytes: 10_000 });
    for (let i = 0; i < 20; i += 1) await log.append(topic, [{ key: 'k', value: randomBytes(2_000) }]);
    await log.sweep();
    const [offsets] = await log.offsets(topic);
    expect(offsets).toEqual({ partition: 0, start: 16, end: 20 });
    await log.append(topic, [{ key: 'k', value: randomBytes(50_000) }]);
    await log.sweep();
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 20, end: 21 }]);
  });

  it('keeps for ever what has no retention', async () => {
    const topic = await topicOf({});
    await log.append(topic, numbered(10));
    await log.sweep();
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 0, end: 10 }]);
  });

  it('keeps what a group has not taken, whatever the settings, and lets it go once it has', async () => {
    const topic = await topicOf({ retentionMs: 100, retentionBytes: 1 });
    const seen: number[] = [];
    const options = {
      topic,
      group: 'g',
      handler: async ({ records }: { records: Parameters<typeof numbersOf>[0] }) =>
        void seen.push(...numbersOf(records)),
    };
    await log.append(topic, numbered(5));
    const first = await log.subscribe(options);
    await until(() => seen.length === 5);
    await first.stop();
    await log.append(topic, numbered(5, 5));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await log.append(topic, numbered(5, 10));
    await log.sweep();
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 5, end: 15 }]);
    // A process that has just started knows the group by what it has committed.
    await log.close();
    log = await harness.open();
    await log.sweep();
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 5, end: 15 }]);
    const second = await log.subscribe(options);
    await until(() => seen.length === 15);
    await second.stop();
    expect(seen).toEqual(range(0, 15));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await log.sweep();
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 15, end: 15 }]);
  });

  it('lets a group that is new here begin at what is still kept', async () => {
    const topic = await topicOf({ retentionMs: 100 });
    await log.append(topic, numbered(5));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await log.append(topic, numbered(5, 5));
    await log.sweep();
    const seen: number[] = [];
    const subscription = await log.subscribe({
      topic,
      group: 'late',
      handler: async ({ records }) => void seen.push(...numbersOf(records)),
    });
    await until(() => seen.length === 5);
    await subscription.stop();
    expect(seen).toEqual(range(5, 10));
  });

  it('compacts to the newest record of every key; offsets and readers stay right', async () => {
    const topic = await topicOf({ compacted: true });
    for (let i = 0; i < 50; i += 1) await log.append(topic, numbered(1, i, `key-${i % 5}`));
    await log.append(topic, numbered(5, 100, 'burst').concat(numbered(1, 200, 'other')));
    await log.sweep();
    const records = await log.read(topic, 0, 0, 1_000);
    expect(records.map(({ offset, value }) => [offset, Number(value)])).toEqual([
      ...range(45, 50).map((i) => [i, i]),
      [54, 104],
      [55, 200],
    ]);
    const seen: number[] = [];
    const subscription = await log.subscribe({
      topic,
      group: 'g',
      maxBatchRecords: 2,
      handler: async (batch) => void seen.push(...numbersOf(batch.records)),
    });
    await until(() => seen.length === 7);
    await subscription.stop();
    expect(await log.committed(topic, 'g')).toEqual(new Map([[0, 56]]));
    expect(await log.offsets(topic)).toEqual([{ partition: 0, start: 0, end: 56 }]);
  });

  it('refuses a second consumer of one group, until the first has stopped', async () => {
    const topic = await topicOf({});
    const options = { topic, group: 'g', handler: async () => undefined };
    const first = await log.subscribe(options);
    await expect(log.subscribe(options)).rejects.toThrow('already consumes');
    await first.stop();
    await (await log.subscribe(options)).stop();
  });

  it('never hands out damaged records: says so, and goes on behind them', async () => {
    const topic = await topicOf({});
    const marker = randomBytes(64);
    await log.append(topic, numbered(3));
    await log.append(topic, [{ key: 'k', value: marker }]);
    await log.close();
    await damage(join(harness.path, 'data.mdb'), marker);

    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    try {
      log = await harness.open();
      expect(logged.mock.calls.map(([text]) => String(text))).toEqual([
        expect.stringContaining('records 3 to 3'),
      ]);
      await log.append(topic, numbered(2, 4));
      expect(numbersOf(await log.read(topic, 0, 0, 10))).toEqual([0, 1, 2, 4, 5]);
    } finally {
      logged.mockRestore();
    }
    const seen: number[] = [];
    const errors: unknown[] = [];
    const subscription = await log.subscribe({
      topic,
      group: 'g',
      maxBatchRecords: 3,
      handler: async ({ records }) => void seen.push(...numbersOf(records)),
      onError: (error) => errors.push(error),
    });
    await until(() => seen.length === 5);
    await subscription.stop();
    expect(seen).toEqual([0, 1, 2, 4, 5]);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toBeInstanceOf(CorruptChunk);
  });
});

/** Flips one bit of the given bytes wherever the file holds them. */
async function damage(file: string, marker: Buffer): Promise<void> {
  const bytes = await readFile(file);
  let found = 0;
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    bytes[at + 10]! ^= 1;
    found += 1;
  }
  expect(found).toBeGreaterThan(0);
  await writeFile(file, bytes);
}
