/** A consumer over a log that is full already. */
import type { Handled } from './app';
import type { Ground } from './engines';
import { Worker } from './worker';

/** Runs one consumer until it has taken `count` events; resolves with its batches once it has ended in order. */
export async function consume(
  ground: Ground,
  consumer: 'facts' | 'leaderboards',
  count: number,
): Promise<Handled[]> {
  const app = Worker.start('app', [consumer], ground.env);
  await app.ask('start');
  const done = await app.ask<Handled[]>('handled', { consumer, count });
  await app.stop();
  return done;
}

/** Microseconds of processor time of the whole process per event, over all batches but the first. */
export function cpuPerEvent(done: readonly Handled[]): number {
  const [first, last] = [done[0], done.at(-1)];
  const count = done.slice(1).reduce((sum, batch) => sum + batch.count, 0);
  return Math.round(((last?.cpuMicros ?? 0) - (first?.cpuMicros ?? 0)) / count);
}
