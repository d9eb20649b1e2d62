import { setTimeout as sleep } from 'node:timers/promises';
import { LiveStream, pauseBefore, type LiveState, type Snapshot } from './live-stream';

/** A server of the test: notes what is opened, and lets the test write into each stream and end it. */
class Server {
  readonly paths: string[] = [];
  readonly aborted: boolean[] = [];
  private readonly streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  status = 200;

  readonly open = (path: string, signal: AbortSignal): Promise<Response> => {
    const index = this.paths.push(path) - 1;
    this.aborted[index] = false;
    if (this.status === 0) return Promise.reject(new Error('unreachable'));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.streams[index] = controller;
        signal.addEventListener('abort', () => {
          this.aborted[index] = true;
          try {
            controller.error(new Error('aborted'));
          } catch {
            // It had ended by itself.
          }
        });
      },
    });
    return Promise.resolve(new Response(body, { status: this.status }));
  };

  write(index: number, snapshot: Snapshot): void {
    this.streams[index]?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(snapshot)}\n\n`));
  }

  end(index: number): void {
    this.streams[index]?.close();
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !isTrue(); await sleep(5)) {
    if (Date.now() > deadline) throw new Error(`never: ${isTrue.toString()}`);
  }
}

describe('the live stream of a page', () => {
  let server: Server;
  let states: LiveState[];
  let stream: LiveStream;
  beforeEach(() => {
    server = new Server();
    states = [];
    stream = new LiveStream({ open: server.open, onState: (state) => states.push(state), random: () => 0 });
  });
  afterEach(() => stream.close());
  const status = (): string | undefined => states.at(-1)?.status;

  it('is one for all topics, opened anew when they change, and none without any', async () => {
    const stopA = stream.watch('a', () => undefined);
    const stopB = stream.watch('b?x=1', () => undefined);
    await until(() => server.paths.length === 1);
    expect(server.paths).toEqual(['/v1/live?topic=a&topic=b%3Fx%3D1']);
    stopA();
    await until(() => server.paths.length === 2);
    expect(server.paths[1]).toBe('/v1/live?topic=b%3Fx%3D1');
    expect(server.aborted[0]).toBe(true);
    stopB();
    await until(() => status() === 'idle');
    expect(server.aborted[1]).toBe(true);
  });

  it('hands each snapshot to those who watch its topic, the last one to those who come later', async () => {
    const seen: unknown[] = [];
    stream.watch('a', (data) => seen.push(data));
    await until(() => server.paths.length === 1);
    server.write(0, { topic: 'a', n: 1 });
    server.write(0, { topic: 'unknown', n: 2 });
    await until(() => seen.length === 1);
    const later: unknown[] = [];
    stream.watch('a', (data) => later.push(data));
    expect(later).toEqual([{ topic: 'a', n: 1 }]);
    expect(status()).toBe('open');
  });

  it('comes back after an end, and says since when it was lost', async () => {
    const seen: unknown[] = [];
    stream.watch('a', (data) => seen.push(data));
    await until(() => server.paths.length === 1);
    server.write(0, { topic: 'a', n: 1 });
    await until(() => seen.length === 1);
    server.status = 0;
    server.end(0);
    await until(() => status() === 'lost');
    const since = states.at(-1)?.lostSince;
    expect(since).toEqual(expect.any(Number));
    await until(() => server.paths.length === 3);
    expect(states.at(-1)).toEqual({ status: 'lost', lostSince: since, refused: null });
    server.status = 200;
    await until(() => server.paths.length === 4);
    server.write(3, { topic: 'a', n: 2 });
    await until(() => seen.length === 2);
    expect(states.at(-1)).toEqual({ status: 'open', lostSince: null, refused: null });
  }, 20_000);

  it('tells a refusal from an absence', async () => {
    server.status = 403;
    stream.watch('a', () => undefined);
    await until(() => states.at(-1)?.refused === 403);
  });

  it('waits longer and longer, never the same for everybody, at most fifteen seconds', () => {
    expect([1, 2, 3, 9].map((attempt) => pauseBefore(attempt, () => 0))).toEqual([250, 500, 1000, 7_500]);
    expect([1, 2, 3, 9].map((attempt) => pauseBefore(attempt, () => 1))).toEqual([500, 1000, 2000, 15_000]);
  });
});
