/**
 * Bytes that the hot paths allocate per event, as JSON: run with a young generation so large that nothing is
 * collected meanwhile, so that the heap's growth is what was allocated, the same on every run.
 */
import { takeIn, LIMITS } from '../../apps/ingest/intake';
import { zoneNamed } from '#calendar';
import { recordChange } from '#metrics';
import { decodeBatch } from '#pipeline';
import { FactsBlock } from '#warehouse';
import { logRecord, Mix, TENANT, TIME_ZONE } from './mix';

const EVENTS = 2_000;
const BATCH = 500;

const events = new Mix({ seed: 1 }).events(EVENTS);
const now = Date.now();
const records = events.map((event, offset) => ({ ...logRecord(event), offset, timestamp: now, headers: {} }));
const batch = { topic: 'events', partition: 0, records, next: EVENTS, end: EVENTS };
const bodies = Array.from({ length: EVENTS / BATCH }, (_, index) =>
  Buffer.from(JSON.stringify(events.slice(index * BATCH, (index + 1) * BATCH))),
);
const headers = { 'content-type': 'application/cloudevents-batch+json' };
const { decoded } = decodeBatch(batch, () => true, now);
const facts = decoded.map(({ change, record: { offset, value } }) => ({
  change,
  appendedAt: now,
  partition: 0,
  offset,
  bytes: value,
}));
const zone = zoneNamed(TIME_ZONE);

const PATHS: Record<string, () => unknown> = {
  intake: () => bodies.map((body) => takeIn({ headers, body }, { tenant: TENANT, now, limits: LIMITS })),
  decode: () => decodeBatch(batch, () => true, now),
  rows: () => new FactsBlock().add(facts),
  contributions: () => decoded.map(({ change }) => recordChange(change, zone, now)),
};

/** The first runs compile what the later ones use. */
const WARM_UP = 20;

const bytesPerEvent = Object.fromEntries(
  Object.entries(PATHS).map(([name, run]) => {
    for (let round = 0; round < WARM_UP; round++) run();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    run();
    return [name, Math.round((process.memoryUsage().heapUsed - before) / EVENTS)];
  }),
);
console.log(JSON.stringify(bytesPerEvent));
