/** A consumer over a log that is full already. */
import type { CloudEvent } from '#crm';
import type { Handled } from './app';
import type { Ground } from './engines';
import { figureOf, rateBetween, shown, type Figure } from './figures';
import type { Mix } from './mix';
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

/** Events whose time is taken at each size of the store. */
const STRETCH = 40_000;
/** Events that the store holds where growth is looked at. */
export const GROWN = 700_000;
/** Not all at once: a million events would fill the memory. */
const SLICE = 50_000;

/**
 * What a consumer does as its store grows: what it did of `done` near its beginning and at its end, and what it does
 * at {@link GROWN} events, which are sent for that.
 */
export async function growth(
  name: string,
  ground: Ground,
  consumer: 'facts' | 'leaderboards',
  mix: Mix,
  done: readonly Handled[],
): Promise<Figure[]> {
  const held = done.reduce((sum, { count }) => sum + count, 0);
  await ground.fill(inSlices(mix, GROWN - held));
  const grown = await consume(ground, consumer, GROWN - held);
  // The first of a process' events warm it up.
  const first = rateBetween(done, 2 * STRETCH, 3 * STRETCH);
  const figure = (events: number, rate: number): Figure =>
    figureOf(`${name}, ${shown(events / 1e6)} M events held`, 'events/s', [rate], {
      limit: { what: `the same with ${shown((2 * STRETCH) / 1e6)} M events held`, value: first },
    });
  return [
    figure(held, rateBetween(done, held - STRETCH, held)),
    figure(GROWN, rateBetween(grown, GROWN - held - STRETCH, GROWN - held)),
  ];
}

function* inSlices(mix: Mix, count: number): Generator<CloudEvent> {
  for (let left = count; left > 0; left -= SLICE) yield* mix.events(Math.min(SLICE, left));
}
