/**
 * How fast Redis alone runs the counters' own scripts: what a run sends to it is noted as bytes, and the same bytes
 * are sent again to an emptied Redis, as fast as it takes them.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
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

const BATCH = 5_000;
const MARK = 'bench-mark-';

/** Forwards one client to Redis and keeps what it sends. */
class Recorder {
  /** What each connection has sent, in the order in which they were opened. */
  readonly sent: Buffer[][] = [];
  private readonly server: Server;

  constructor(private readonly target: number) {
    this.server = createServer((client) => this.join(client));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  close(): void {
    this.server.close();
  }

  private join(client: Socket): void {
    const own: Buffer[] = [];
    this.sent.push(own);
    const redis = connect(this.target, '127.0.0.1');
    client.on('data', (bytes) => {
      own.push(bytes);
      redis.write(bytes);
    });
    redis.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  }
}

/** The bytes of each batch; the first are those of the start. */
async function record(ground: Ground, port: number, events: readonly CloudEvent[]): Promise<Buffer[]> {
  const recorder = new Recorder(port);
  const settings = ground.with({ REDIS_URL: `redis://127.0.0.1:${await recorder.listen()}` });
  const counters = openCounterStore(loadSettings(settings));
  const taken: Buffer[] = [];
  // The connection that commands go over; the other one listens for notices.
  const take = (): void => {
    const own = recorder.sent.reduce((most, sent) => (sizeOf(sent) > sizeOf(most) ? sent : most), []);
    taken.push(Buffer.concat(own.splice(0)));
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

const sizeOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, { length }) => sum + length, 0);

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
