/**
 * The one live stream of a page: all topics that its parts watch, over a `fetch` that can carry the key.
 *
 * It reconnects for ever, with growing pauses of random length so that a whole floor does not come back
 * in the same instant; meanwhile everybody keeps the last snapshot they had.
 */
import { SseParser } from './sse';

export interface LiveState {
  status: 'idle' | 'connecting' | 'open' | 'lost';
  /** When the connection was lost, milliseconds; null while there is one. */
  lostSince: number | null;
  /** The HTTP status of a refusal, null otherwise. */
  refused: number | null;
}

/** A snapshot of a topic; `data` also names its topic. */
export type Snapshot = Record<string, unknown> & { topic: string };

export interface LiveOptions {
  /** Opens the stream; the response's body is read to its end. */
  open: (path: string, signal: AbortSignal) => Promise<Response>;
  onState: (state: LiveState) => void;
  random?: () => number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The server sends a comment every 15 seconds; silence for longer means that nobody is there. */
const SILENCE_MS = 40_000;
/** Topics change in bunches while a page is built. */
const GATHER_MS = 20;

/** Pause before attempt `n` (from 1): between half of a doubling bound and all of it. */
export const pauseBefore = (attempt: number, random: () => number): number => {
  const bound = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return bound / 2 + (bound / 2) * random();
};

export class LiveStream {
  private readonly watchers = new Map<string, Set<(data: Snapshot) => void>>();
  private readonly last = new Map<string, Snapshot>();
  private connection: AbortController | null = null;
  private connected = '';
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private state: LiveState = { status: 'idle', lostSince: null, refused: null };

  constructor(private readonly options: LiveOptions) {}

  /** Watches a topic: called with its last snapshot at once, and with every new one. Returns how to stop. */
  watch(topic: string, onData: (data: Snapshot) => void): () => void {
    const watching = this.watchers.get(topic) ?? new Set();
    this.watchers.set(topic, watching.add(onData));
    const known = this.last.get(topic);
    if (known) onData(known);
    this.schedule(GATHER_MS);
    return () => {
      watching.delete(onData);
      if (watching.size > 0) return;
      this.watchers.delete(topic);
      this.last.delete(topic);
      this.schedule(GATHER_MS);
    };
  }

  /** Connects anew at once: the network is back, or another key speaks. */
  reconnect(): void {
    this.attempt = 0;
    this.connected = '';
    this.schedule(0);
  }

  close(): void {
    clearTimeout(this.timer);
    this.connection?.abort();
    this.connection = null;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), ms);
  }

  private refresh(): void {
    const topics = [...this.watchers.keys()].sort();
    const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
    if (query === this.connected && this.connection) return;
    this.connection?.abort();
    this.connection = null;
    this.connected = query;
    if (topics.length === 0) return this.report({ status: 'idle', lostSince: null, refused: null });
    void this.run(`/v1/live?${query}`);
  }

  private async run(path: string): Promise<void> {
    const connection = new AbortController();
    this.connection = connection;
    if (this.state.status !== 'lost') this.report({ ...this.state, status: 'connecting' });
    let refused: number | null = null;
    try {
      const response = await this.options.open(path, connection.signal);
      if (response.ok && response.body) await this.read(response.body, connection);
      else refused = response.status;
    } catch {
      // Unreachable, cut off, or silent for too long: all the same to whoever watches.
    }
    connection.abort();
    // Another connection has taken over, or the page is gone.
    if (this.connection !== connection) return;
    this.connection = null;
    this.report({ status: 'lost', lostSince: this.state.lostSince ?? Date.now(), refused });
    this.attempt += 1;
    this.schedule(pauseBefore(this.attempt, this.options.random ?? Math.random));
  }

  private async read(body: ReadableStream<Uint8Array>, connection: AbortController): Promise<void> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => connection.abort(), SILENCE_MS);
    };
    try {
      for (heard(); ; heard()) {
        const { done, value } = await reader.read();
        if (done || this.connection !== connection) return;
        if (this.state.status !== 'open') this.opened();
        for (const { data } of parser.feed(decoder.decode(value, { stream: true }))) this.deliver(data);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  private opened(): void {
    this.attempt = 0;
    this.report({ status: 'open', lostSince: null, refused: null });
  }

  private deliver(text: string): void {
    const data = JSON.parse(text) as Snapshot;
    const watching = this.watchers.get(data.topic);
    if (!watching) return;
    this.last.set(data.topic, data);
    for (const onData of watching) onData(data);
  }

  private report(state: LiveState): void {
    this.state = state;
    this.options.onState(state);
  }
}
