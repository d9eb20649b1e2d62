/** The obvious way (baseline/program.ts) on the same Kafka, Redis and ClickHouse, beside what was measured before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@clickhouse/client';
import { Kafka, logLevel } from 'kafkajs';
import { COUNTERS_REDIS } from './counters';
import { FACTS_SERVERS } from './facts';
import { Ground } from './engines';
import { figureOf, median, shown, type Context, type Figure } from './figures';
import { logRecord, Mix } from './mix';
import { Worker } from './worker';

const TOPIC = 'baseline.events';
const APPEND = 5_000;
/** More than it handles in the time. */
const EVENTS = { quick: 40_000, whole: 120_000 };

export async function baseline({ quick, seed, earlier, say }: Context): Promise<Figure[]> {
  const ground = await Ground.of(['kafka', 'redis', 'clickhouse']);
  try {
    await prepare(ground, new Mix({ seed }), quick ? EVENTS.quick : EVENTS.whole);
    const figures: Figure[] = [];
    for (const { kind, beside, times } of [
      { kind: 'counters', beside: COUNTERS_REDIS, times: 5 },
      { kind: 'facts', beside: FACTS_SERVERS, times: 50 },
    ]) {
      const rates = await ratesOf(kind, ground, quick ? 3 : 5);
      say(`${kind}: ${shown(median(rates))} events/s`);
      const ours = earlier.find(({ name }) => name === beside);
      figures.push(figureOf(`the obvious way: ${kind}`, 'events/s', rates));
      if (!ours) continue;
      figures.push(
        figureOf(`${kind}: Floorboard against the obvious way`, 'times', [ours.value / median(rates)], {
          bar: { text: `≥ ${times}`, holds: (value) => value >= times },
        }),
      );
    }
    return figures;
  } finally {
    await ground.stop();
  }
}

async function prepare(ground: Ground, mix: Mix, count: number): Promise<void> {
  const kafka = new Kafka({ brokers: [ground.env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 12 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  for (let at = 0; at < count; at += APPEND) {
    const messages = mix.events(APPEND).map((event) => {
      const { key, value } = logRecord(event);
      return { key, value };
    });
    await producer.send({ topic: TOPIC, messages });
  }
  await producer.disconnect();
  const client = createClient({ url: ground.env['CLICKHOUSE_URL'] });
  await client.command({
    query: `CREATE TABLE baseline_events (id String, type String, subject String, time DateTime64(6, 'UTC'), data String)
            ENGINE = MergeTree ORDER BY (type, subject)`,
  });
  await client.close();
}

async function ratesOf(kind: string, ground: Ground, rounds: number): Promise<number[]> {
  const worker = Worker.start('baseline/program', [kind], ground.env);
  await worker.ask('start');
  while ((await worker.ask<number>('handled')) === 0) await sleep(50);
  await sleep(2_000);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [before, started] = [await worker.ask<number>('handled'), performance.now()];
    await sleep(2_000);
    const handled = (await worker.ask<number>('handled')) - before;
    rates.push((handled / (performance.now() - started)) * 1000);
  }
  await worker.kill();
  return rates;
}
