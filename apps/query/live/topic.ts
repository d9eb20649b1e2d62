/**
 * A live topic: one snapshot, computed once however many people watch it.
 *
 * A change is shown at once; further ones at most ten times a second. Only one computation runs at
 * a time, and what arrives meanwhile is covered by one more.
 */
import type { SseConnection } from './sse';
import { sseMessage } from './sse';

const MIN_INTERVAL_MS = 100;
const RETRY_MS = 1_000;

export interface TopicSource {
  /** SSE event name: the topic's kind. */
  kind: string;
  /** The data of the snapshot, without the topic's own name. */
  compute: () => Promise<object>;
}

export class LiveTopic {
  private readonly connections = new Set<SseConnection>();
  private last: string | null = null;
  private lastData = '';
  private sequence = 0;
  private running = false;
  private dirty = false;
  private startedAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    readonly source: TopicSource,
    private readonly onError: (error: unknown) => void,
  ) {}

  get watched(): boolean {
    return this.connections.size > 0;
  }

  join(connection: SseConnection): void {
    this.connections.add(connection);
    if (this.last !== null) connection.send(this.name, this.last);
    else this.refresh();
  }

  leave(connection: SseConnection): void {
    this.connections.delete(connection);
    if (this.watched) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Something this topic shows may have changed. */
  refresh(): void {
    if (this.running) {
      this.dirty = true;
      return;
    }
    if (this.timer) return;
    const wait = this.startedAt + MIN_INTERVAL_MS - performance.now();
    if (wait <= 0) void this.run();
    else this.schedule(wait);
  }

  private schedule(ms: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.run();
    }, ms);
  }

  private async run(): Promise<void> {
    this.running = true;
    this.dirty = false;
    this.startedAt = performance.now();
    let failed = false;
    try {
      this.publish(JSON.stringify({ topic: this.name, ...(await this.source.compute()) }));
    } catch (error) {
      failed = true;
      this.onError(error);
    }
    this.running = false;
    if (!this.watched) return;
    if (failed) this.schedule(RETRY_MS);
    else if (this.dirty) this.refresh();
  }

  private publish(data: string): void {
    if (data === this.lastData && this.last !== null) return;
    this.lastData = data;
    this.sequence += 1;
    this.last = sseMessage(this.source.kind, String(this.sequence), data);
    for (const connection of this.connections) connection.send(this.name, this.last);
  }
}
