/**
 * One server-sent-events connection: several topics, each a full snapshot.
 *
 * A slow reader never makes a queue grow: while the socket is full only the newest snapshot of each
 * topic is kept, and sent once there is room.
 */
import type { ServerResponse } from 'node:http';

/** The longest silence of a stream. */
export const KEEP_ALIVE_MS = 15_000;

export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  connection: 'keep-alive',
  'x-accel-buffering': 'no',
};

export class SseConnection {
  private readonly waiting = new Map<string, string>();
  private readonly timer: NodeJS.Timeout;
  private full = false;
  private closed = false;

  constructor(
    private readonly response: ServerResponse,
    onClose: () => void,
    keepAliveMs: number,
  ) {
    response.writeHead(200, STREAM_HEADERS);
    // Headers wait for the first bytes: a comment sends them at once.
    response.write(': connected\n\n');
    this.timer = setInterval(() => {
      if (!this.full) response.write(': keep-alive\n\n');
    }, keepAliveMs);
    response.on('drain', () => this.flush());
    response.on('close', () => {
      this.closed = true;
      clearInterval(this.timer);
      onClose();
    });
    response.on('error', () => response.destroy());
  }

  /** Sends a topic's snapshot, or keeps it as the newest one until the reader has caught up. */
  send(topic: string, message: string): void {
    if (this.closed) return;
    if (this.full) {
      this.waiting.set(topic, message);
      return;
    }
    this.full = !this.response.write(message);
  }

  close(): void {
    if (!this.closed) this.response.end();
  }

  /** Ends the stream at once: what the reader has not got yet it does not get. */
  cut(): void {
    this.response.destroy();
  }

  private flush(): void {
    this.full = false;
    for (const [topic, message] of this.waiting) {
      this.waiting.delete(topic);
      this.full = !this.response.write(message);
      if (this.full) return;
    }
  }
}

/** The wire form of one message. */
export const sseMessage = (event: string, id: string, data: string): string =>
  `event: ${event}\nid: ${id}\ndata: ${data}\n\n`;
