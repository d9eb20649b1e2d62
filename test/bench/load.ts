/**
 * Sends prepared requests to one server over plain sockets, so that it takes as little as possible of the
 * processors that it shares with the server.
 */
import { connect, type Socket } from 'node:net';
import { Mix } from './mix';
import { serve } from './worker';

interface Prepare {
  url: string;
  seed: number;
  /** Requests made ahead; they are sent again and again. */
  requests: number;
  /** Events of one request; 1 is the structured mode. */
  batch: number;
}

interface Run {
  connections: number;
  ms: number;
}

export interface LoadResult {
  requests: number;
  /** From the first request to the last answer. */
  ms: number;
  /** Milliseconds per answer. */
  latencies: number[];
}

let target: URL;
let bodies: Buffer[] = [];
let next = 0;

function prepare({ url, seed, requests, batch }: Prepare): void {
  target = new URL(url);
  const mix = new Mix({ seed });
  bodies = Array.from({ length: requests }, () => {
    const events = mix.events(batch);
    const body = Buffer.from(JSON.stringify(batch === 1 ? events[0] : events));
    const type = batch === 1 ? 'application/cloudevents+json' : 'application/cloudevents-batch+json';
    const head = [
      'POST /v1/events HTTP/1.1',
      `host: ${target.host}`,
      `content-type: ${type}`,
      `content-length: ${body.length}`,
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  });
}

/** One request after another on one connection until the time is over. */
class Sender {
  private readonly socket: Socket;
  private received = '';
  private sentAt = 0;
  readonly latencies: number[] = [];
  readonly done: Promise<void>;

  constructor(private readonly until: number) {
    this.socket = connect(Number(target.port), target.hostname);
    this.socket.setNoDelay(true);
    this.done = new Promise((resolve, reject) => {
      this.socket.on('error', reject);
      this.socket.on('connect', () => this.send());
      this.socket.on('data', (bytes) => this.hear(bytes, reject));
      this.socket.on('close', () => resolve());
    });
  }

  private send(): void {
    this.sentAt = performance.now();
    this.socket.write(bodies[next++ % bodies.length] as Buffer);
  }

  private hear(bytes: Buffer, reject: (error: Error) => void): void {
    this.received += bytes.toString('latin1');
    const head = this.received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.received)?.[1] ?? NaN);
    if (this.received.length < head + 4 + length) return;
    if (!this.received.startsWith('HTTP/1.1 202')) {
      reject(new Error(this.received.slice(0, 500)));
      this.socket.destroy();
      return;
    }
    this.received = '';
    const now = performance.now();
    this.latencies.push(now - this.sentAt);
    if (now < this.until) this.send();
    else this.socket.end();
  }
}

async function run({ connections, ms }: Run): Promise<LoadResult> {
  const started = performance.now();
  const senders = Array.from({ length: connections }, () => new Sender(started + ms));
  await Promise.all(senders.map((sender) => sender.done));
  const latencies = senders.flatMap((sender) => sender.latencies);
  return { requests: latencies.length, ms: performance.now() - started, latencies };
}

serve({ prepare, run });
