/** Publishes change events to a Floorboard server: in batches, again where needed, within bounds. */
import { ClientClosed, EventRejected, PublishFailed, PublishRefused, QueueFull } from './errors';
import type { ChangeEvent } from './events';
import { EventQueue, type Entry } from './queue';
import { post, type Fetch, type Outcome } from './request';
import { sleep, waitAfter } from './waiting';

export interface ClientOptions {
  /** Address of the server, such as `https://floorboard.example`. */
  url: string;
  /** API key with the role `publish`, or what tells it before each request. */
  key?: string | (() => string | Promise<string>);
  /** Events in one request at most (default 500; the server takes 5,000). */
  batchEvents?: number;
  /** Bytes in one request at most (default 1 MiB; the server takes 8 MiB). */
  batchBytes?: number;
  /** How long the first event of a batch waits for others, milliseconds (default 50). */
  lingerMs?: number;
  /** Events in the queue at most, those under way included (default 10,000). */
  maxQueued?: number;
  /** Bytes from which on the queue is full (default 32 MiB). */
  maxQueuedBytes?: number;
  /** How long a request may take, milliseconds (default 30 seconds). */
  timeoutMs?: number;
  /** How long a server that is busy or away is waited for, milliseconds (default 2 minutes; Infinity: for ever). */
  patienceMs?: number;
  /** Wait after a first failure, milliseconds; it doubles with each further one (default 250). */
  retryFirstMs?: number;
  /** The longest wait, milliseconds, but for a longer one that the server asks for (default 30 seconds). */
  retryLongestMs?: number;
  /** In place of the global `fetch`: for a proxy, say. */
  fetch?: Fetch;
  hooks?: ClientHooks;
}

/** Told as things happen, for metrics and logs. What a hook throws is ignored. */
export interface ClientHooks {
  /** A request has its answer; `status` is null when there was none. */
  request?(done: { events: number; bytes: number; ms: number; attempt: number; status: number | null }): void;
  /** The same request will be sent again after `waitMs`. */
  retry?(next: { attempt: number; waitMs: number; status: number | null; why: string }): void;
  /** The server does not take an event. */
  rejected?(rejection: EventRejected): void;
}

/** Counted since the client was made. */
export interface ClientStats {
  /** Events without an outcome yet. */
  queued: number;
  accepted: number;
  rejected: number;
  /** Events whose promise was rejected for any other reason. */
  failed: number;
  requests: number;
  retries: number;
}

/** What came of many events. */
export interface Published {
  /** Durable in the server's log. */
  accepted: number;
  /** Not taken, with the reasons. */
  rejected: EventRejected[];
}

const MiB = 1024 * 1024;
const DEFAULTS = {
  batchEvents: 500,
  batchBytes: MiB,
  lingerMs: 50,
  maxQueued: 10_000,
  maxQueuedBytes: 32 * MiB,
  timeoutMs: 30_000,
  patienceMs: 120_000,
  retryFirstMs: 250,
  retryLongestMs: 30_000,
} satisfies Partial<ClientOptions>;

const utf8 = new TextEncoder();

export class FloorboardClient {
  private readonly options: ClientOptions & typeof DEFAULTS;
  private readonly url: string;
  private readonly queue: EventQueue;
  private readonly stop = new AbortController();
  private readonly counts = { accepted: 0, rejected: 0, failed: 0, requests: 0, retries: 0 };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private closed = false;

  /** @throws TypeError when the address is none. */
  constructor(options: ClientOptions) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.options = { ...DEFAULTS, ...(Object.fromEntries(given) as unknown as ClientOptions) };
    this.url = new URL('v1/events', options.url.replace(/\/*$/, '/')).href;
    this.queue = new EventQueue({ events: this.options.maxQueued, bytes: this.options.maxQueuedBytes });
  }

  get stats(): ClientStats {
    return { queued: this.queue.size, ...this.counts };
  }

  /**
   * Resolves when the event is durable in the server's log.
   * @throws EventRejected, PublishRefused, PublishFailed, QueueFull, ClientClosed.
   */
  publish(event: ChangeEvent): Promise<void> {
    if (this.closed) return Promise.reject(new ClientClosed());
    if (this.queue.full) return Promise.reject(new QueueFull());
    const json = JSON.stringify(event);
    return new Promise((resolve, reject) => {
      // One byte for the comma or bracket.
      this.queue.push({ event, json, bytes: utf8.encode(json).length + 1, resolve, reject });
      const { events, bytes } = this.queue.unsent;
      if (events >= this.options.batchEvents || bytes >= this.options.batchBytes) this.send();
      else this.timer ??= setTimeout(() => this.send(), this.options.lingerMs);
    });
  }

  /**
   * Publishes any number of events, reading on only while there is room in the queue. Resolves when
   * each has its outcome.
   * @throws PublishRefused, PublishFailed or ClientClosed: some may have been taken; publish all of
   *   them again.
   */
  async publishAll(events: Iterable<ChangeEvent> | AsyncIterable<ChangeEvent>): Promise<Published> {
    const published: Published = { accepted: 0, rejected: [] };
    const underWay = new Set<Promise<void>>();
    let failure: Error | undefined;
    for await (const event of events) {
      while (this.queue.full && !this.closed) await this.queue.room();
      if (failure) break;
      const outcome: Promise<void> = this.publish(event)
        .then(
          () => void (published.accepted += 1),
          (error: Error) => {
            if (error instanceof EventRejected) published.rejected.push(error);
            else failure ??= error;
          },
        )
        .finally(() => underWay.delete(outcome));
      underWay.add(outcome);
    }
    this.send();
    await Promise.all(underWay);
    if (failure) throw failure;
    return published;
  }

  /** Resolves when the queue has room: publish right then. */
  room(): Promise<void> {
    return this.queue.room();
  }

  /**
   * Sends at once what waits; resolves when every event published before has its outcome, which its own
   * promise tells.
   */
  async flush(): Promise<void> {
    this.send();
    await this.queue.emptied();
  }

  /** Takes no more events, sends what waits, and gives up what has no outcome after `timeoutMs`. */
  async close({ timeoutMs = 30_000 }: { timeoutMs?: number } = {}): Promise<void> {
    this.closed = true;
    const timer = setTimeout(() => this.abort(), timeoutMs);
    await this.flush();
    clearTimeout(timer);
  }

  /** Gives up at once: what has no outcome is rejected with ClientClosed. */
  abort(): void {
    this.closed = true;
    this.stop.abort();
    this.send();
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.sending) void this.sendAll();
  }

  /** One request at a time, each with what has come in meanwhile. */
  private async sendAll(): Promise<void> {
    this.sending = true;
    const { batchEvents, batchBytes } = this.options;
    while (this.queue.unsent.events > 0) {
      await this.deliver(this.queue.take({ events: batchEvents, bytes: batchBytes }));
    }
    this.sending = false;
  }

  /** Gives every event of the batch its outcome; never rejects. */
  private async deliver(batch: Entry[]): Promise<void> {
    try {
      const outcome = await this.attempt(batch);
      if (outcome.kind === 'taken') return this.settle(batch, outcome);
      if (outcome.kind === 'refused') throw new PublishRefused(outcome.status, outcome.why);
      const [only] = batch;
      if (batch.length === 1 && only) return this.tooLarge(only, outcome.why);
      const middle = batch.length >> 1;
      await this.deliver(batch.slice(0, middle));
      await this.deliver(batch.slice(middle));
    } catch (error) {
      this.counts.failed += batch.length;
      this.queue.settled(batch);
      batch.forEach(({ reject }) => reject(error as Error));
    }
  }

  /** Sends until there is an answer that means something. @throws PublishFailed, ClientClosed. */
  private async attempt(batch: Entry[]): Promise<Exclude<Outcome, { kind: 'again' }>> {
    const { patienceMs, retryFirstMs, retryLongestMs } = this.options;
    const body = `[${batch.map(({ json }) => json).join(',')}]`;
    const since = Date.now();
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.request(batch, body, attempt);
      if (outcome.kind !== 'again') return outcome;
      const { afterMs, status, why } = outcome;
      const waitMs = waitAfter(attempt, { firstMs: retryFirstMs, longestMs: retryLongestMs }, afterMs);
      if (Date.now() + waitMs > since + patienceMs) throw new PublishFailed(attempt, why);
      this.counts.retries += 1;
      this.tell(() => this.options.hooks?.retry?.({ attempt, waitMs, status, why }));
      await sleep(waitMs, this.stop.signal).catch(() => {
        throw new ClientClosed();
      });
    }
  }

  private async request(batch: Entry[], body: string, attempt: number): Promise<Outcome> {
    const { key, timeoutMs, hooks } = this.options;
    const signal = this.stop.signal;
    if (signal.aborted) throw new ClientClosed();
    const since = Date.now();
    const shown = typeof key === 'function' ? await key() : key;
    this.counts.requests += 1;
    const outcome = await post({
      ...{ url: this.url, key: shown, body, events: batch.length, timeoutMs, signal },
      fetch: (url, init) => (this.options.fetch ?? fetch)(url, init),
    }).catch(() => {
      throw new ClientClosed();
    });
    const bytes = batch.reduce((sum, entry) => sum + entry.bytes, 0);
    const done = { events: batch.length, bytes, ms: Date.now() - since, attempt, status: outcome.status };
    this.tell(() => hooks?.request?.(done));
    return outcome;
  }

  private settle(batch: Entry[], { rejected }: Extract<Outcome, { kind: 'taken' }>): void {
    const errors = new Map(rejected.map((rejection) => [rejection.index, rejection.errors]));
    this.queue.settled(batch);
    batch.forEach((entry, index) => {
      const wrong = errors.get(index);
      if (wrong) return this.reject(new EventRejected(entry.event, wrong), entry);
      this.counts.accepted += 1;
      entry.resolve();
    });
  }

  private tooLarge(entry: Entry, why: string): void {
    this.queue.settled([entry]);
    this.reject(new EventRejected(entry.event, [{ pointer: '', detail: why || 'is too large' }]), entry);
  }

  private reject(rejection: EventRejected, entry: Entry): void {
    this.counts.rejected += 1;
    this.tell(() => this.options.hooks?.rejected?.(rejection));
    entry.reject(rejection);
  }

  private tell(hook: () => void): void {
    try {
      hook();
    } catch {
      // Whoever watches must not be able to stop what is watched.
    }
  }
}
