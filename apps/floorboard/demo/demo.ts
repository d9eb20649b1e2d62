/**
 * The demo: the bundled dataset as if it ended within the last seven days, goals, and then a slow
 * stream of changes for as long as one watches.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { civil, dayOf, type Zone } from '#calendar';
import type { CloudEvent } from '#crm';
import { Importer, loadMapping, runImport, type EventSink, type ImportSummary, type Progress } from '#import';
import { goalsOf } from './goals';
import { historyOf } from './history';
import { LiveDay } from './live';
import { World } from './world';

const DAYS_A_WEEK = 7;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const BATCH_EVENTS = 500;
/** The mapping's time of day: an event of the newest day is that old. */
const NEWEST_AT_MS = 10 * HOUR_MS;

export interface DemoOptions {
  publish: EventSink['publish'];
  /** The tenant's zone. */
  zone: Zone;
  /** The clock, epoch milliseconds. */
  now?: () => number;
  /** Ends the demo. */
  signal: AbortSignal;
  progress?: Progress;
  /** Told once everything up to now is published and the stream begins. */
  onLoaded?: (summary: ImportSummary) => void;
  /** Pause between two live changes, milliseconds: from, to (default 1 to 2 s). */
  pace?: readonly [number, number];
}

/** Runs until the signal aborts. @throws when the events cannot be published. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { zone, signal, now = Date.now, pace = [1_000, 2_000] } = options;
  const started = now();
  const world = new World();
  try {
    options.onLoaded?.(await loadDemo(options, world, started));
    const random = randomFrom(started);
    const day = new LiveDay(world, zone, random, Math.floor(started / 1000).toString(36));
    while (!signal.aborted) {
      await sleep(pace[0] + random() * (pace[1] - pace[0]), undefined, { signal });
      await taken(options.publish, day.next(now()));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function loadDemo(
  { publish, zone, signal, progress }: DemoOptions,
  world: World,
  now: number,
): Promise<ImportSummary> {
  const importer = new Importer(
    loadMapping(join(__dirname, 'crm-sales-opportunities.yaml')),
    join(__dirname, 'data'),
  );
  const moveDays = daysToMove(dateOf(importer, 'newest'), zone, now);
  const seeing: EventSink['publish'] = (events) => {
    events.forEach((event) => world.see(event));
    return publish(events);
  };
  const summary = await runImport(importer, { publish: seeing }, { zone, moveDays, progress, signal });
  const oldest = dayOf(dateOf(importer, 'oldest')) + moveDays;
  const years = yearsBetween(oldest, zone.dayAt(now));
  const made = [...goalsOf(world, years, zone.startOf(oldest)), ...historyOf(world, zone, now)];
  made.forEach((event) => world.see(event));
  await publishAll(publish, made, signal, progress);
  return summary;
}

/** One of the dates that the mapping computes from the files. */
const dateOf = (importer: Importer, name: string): string => importer.values.get(name) as string;

/** Whole weeks, so that weekdays stay, by which the newest instant comes to lie in the last seven days. */
export function daysToMove(newest: string, zone: Zone, now: number): number {
  const age = now - (zone.startOf(dayOf(newest)) + NEWEST_AT_MS);
  return Math.floor(age / (DAYS_A_WEEK * DAY_MS)) * DAYS_A_WEEK;
}

function yearsBetween(from: number, to: number): number[] {
  const first = civil(from).year;
  return Array.from({ length: civil(to).year - first + 1 }, (_, i) => first + i);
}

async function publishAll(
  publish: EventSink['publish'],
  events: CloudEvent[],
  signal: AbortSignal,
  progress: Progress | undefined,
): Promise<void> {
  progress?.start(events.length);
  try {
    for (let at = 0; at < events.length; at += BATCH_EVENTS) {
      signal.throwIfAborted();
      const batch = events.slice(at, at + BATCH_EVENTS);
      await taken(publish, batch);
      progress?.advance(batch.length);
    }
  } finally {
    progress?.stop();
  }
}

/** The demo makes its own events: one that is refused is a mistake in it. */
async function taken(publish: EventSink['publish'], events: CloudEvent[]): Promise<void> {
  const { rejected } = await publish(events);
  if (rejected.length > 0) throw new Error(`the demo made a wrong event: ${JSON.stringify(rejected[0])}`);
}

/** Random numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
