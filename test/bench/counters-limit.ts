/**
 * How fast Redis alone runs the counters' own scripts: what a run sends to it is noted as bytes, and the same bytes
 * are sent again to an emptied Redis, as fast as it takes them.
 */
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { zoneNamed } from '#calendar';
import { changesOf } from './changes';
import type { CloudEvent } from '#crm';
import { openCounterStore } from '#engines';
import { checkCounters } from './expected';
import { loadSettings } from '#platform';
import { ratesOf, median } from './figures';
import type { Ground } from './engines';
import { TIME_ZONE } from './mix';
import { Recorder } from './recorder';

const BATCH = 5_000;
const MARK = 'bench-mark-';

/** The bytes of each batch; the first are those of the start. */
async function record(ground: Ground, port: number, events: readonly CloudEvent[]): Promise<Buffer[]> {
  const recorder = new Recorder(port);
  const settings = ground.with({ REDIS_URL: `redis://127.0.0.1:${await recorder.listen()}` });
  const counters = openCounterStore(loadSettings(settings));
  const taken: Buffer[] = [];
  const take = (): void => {
    taken.push(recorder.take());
  };
  const today = zoneNamed(TIME_ZONE).dayAt(Date.now());
  await counters.initialize(0, 0, true);
  take();
  for (let at = 0; at < events.length; at += BATCH) {
    const changes = changesOf(events.slice(at, at + BATCH));
    const to = Math.min(at + BATCH, events.length);
    const result = await counters.apply({ partition: 0, from: at, to, changes, today: () => today });
    if (result.outcome !== 'applied') throw new Error(JSON.stringify(result));
    await counters.advance(0, to);
    take();
  }
  await counters.close();
  recorder.close();
  return taken;
}

/** Sends everything without waiting; resolves with when each part was answered. */
function replay(port: number, parts: readonly Buffer[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const times: number[] = [];
    let rest = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      const heard = Buffer.concat([rest, bytes]);
      for (let at = heard.indexOf(MARK); at >= 0; at = heard.indexOf(MARK, at + MARK.length)) {
        times.push(performance.now());
      }
      // A mark may be cut in two, and must not be counted twice.
      rest = Buffer.from(
        heard.subarray(Math.max(heard.lastIndexOf(MARK) + MARK.length, heard.length - MARK.length + 1)),
      );
      if (times.length === parts.length) {
        socket.end();
        resolve(times);
      }
    });
    parts.forEach((part, index) => {
      const mark = `${MARK}${index}`;
      socket.write(part);
      socket.write(`*2\r\n$4\r\nECHO\r\n$${mark.length}\r\n${mark}\r\n`);
    });
  });
}

/** Median records a second over the rounds; what Redis then holds is checked. */
export async function scriptLimit(
  ground: Ground,
  port: number,
  events: readonly CloudEvent[],
  latest: Iterable<CloudEvent>,
  rounds: number,
): Promise<number> {
  const redis = new Redis(port, '127.0.0.1');
  try {
    await redis.flushall();
    const parts = await record(ground, port, events);
    await redis.flushall();
    const times = await replay(port, parts);
    const counters = openCounterStore(ground.settings);
    await checkCounters(counters, latest);
    await counters.close();
    const done = times.map((at, index) => ({
      at,
      count: index === 0 ? 0 : Math.min(BATCH, events.length - (index - 1) * BATCH),
    }));
    return median(ratesOf(done, { rounds }));
  } finally {
    await redis.quit();
  }
}
