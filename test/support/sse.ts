/** A client of `/v1/live` for tests: every message with the moment it arrived. */
import type { Report } from './floor';

export interface LiveMessage<T = Report & { topic: string }> {
  event: string;
  id: string;
  data: T;
  /** `performance.now()` on arrival. */
  at: number;
}

export class LiveClient {
  readonly messages: LiveMessage[] = [];
  comments = 0;
  private readonly waiting = new Set<() => void>();
  private readonly abort = new AbortController();
  private ended = false;

  /** Opens the stream; resolves once the server has answered. */
  static async open(
    base: string,
    topics: string[],
    headers: Record<string, string> = {},
  ): Promise<LiveClient> {
    const client = new LiveClient();
    const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
    const response = await fetch(`${base}/v1/live?${query}`, { headers, signal: client.abort.signal });
    if (response.status !== 200 || !response.body)
      throw new Error(`${response.status}: ${await response.text()}`);
    void client.read(response.body);
    return client;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** The first message after position `from` that fits; waits for it. */
  async until(
    fits: (message: LiveMessage) => boolean,
    { from = 0, timeoutMs = 15_000 }: { from?: number; timeoutMs?: number } = {},
  ): Promise<LiveMessage> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = this.messages.slice(from).find(fits);
      if (found) return found;
      const left = deadline - Date.now();
      if (left <= 0 || this.ended) {
        throw new Error(`no such message; got ${JSON.stringify(this.messages.slice(-3))}`);
      }
      await this.next(left);
    }
  }

  close(): void {
    this.abort.abort();
  }

  private next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
    });
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = parts.pop() ?? '';
        parts.forEach((part) => this.take(part));
        for (const heard of [...this.waiting]) heard();
      }
    } catch {
      // Aborted here, or cut by the server: both end the stream.
    }
    this.ended = true;
    for (const heard of [...this.waiting]) heard();
  }

  private take(part: string): void {
    if (part.startsWith(':')) {
      this.comments += 1;
      return;
    }
    const fields = new Map(
      part.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
    );
    this.messages.push({
      event: fields.get('event') ?? '',
      id: fields.get('id') ?? '',
      data: JSON.parse(fields.get('data') ?? 'null') as LiveMessage['data'],
      at: performance.now(),
    });
  }
}
