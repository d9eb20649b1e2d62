/** Tells every process what was touched: one channel, one subscriber connection per process. */
import type { Touched } from '../port';
import type { RedisClient } from './client';
import { TOUCHED_CHANNEL } from './keys';

type Listener = (touched: Touched[]) => void;

export class Notices {
  private readonly listeners = new Set<Listener>();
  private subscriber: RedisClient | null = null;

  /** `open` makes a connection of its own: one that subscribes can do nothing else. */
  constructor(
    private readonly client: RedisClient,
    private readonly open: () => RedisClient,
    private readonly onError: (error: Error) => void,
  ) {}

  async publish(touched: Touched[]): Promise<void> {
    if (touched.length > 0) await this.client.publish(TOUCHED_CHANNEL, JSON.stringify(touched));
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    this.subscriber ??= this.subscribe();
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.listeners.clear();
    this.subscriber?.disconnect();
    this.subscriber = null;
  }

  private subscribe(): RedisClient {
    const subscriber = this.open();
    subscriber.on('message', (_channel: string, message: string) => {
      const touched = JSON.parse(message) as Touched[];
      for (const listener of this.listeners) listener(touched);
    });
    // Once asked for, the client subscribes again after every reconnection.
    subscriber.subscribe(TOUCHED_CHANNEL).catch(this.onError);
    return subscriber;
  }
}
