/** Drops what has expired, in small transactions between which others write. */
import { civil, type Day } from '#calendar';
import { expiryOfYear } from '../planner';
import { decodeHead, encodeHead } from '../record';
import { expiryOf } from '../window-expiry';
import { after, splitOnce, type Generation } from './generation';
import { decodeDays, encodeDays } from './items';
import type { Queue } from './queue';
import type { Store, Write } from './store';

const SLICE = 1_000;

/** Windows that are expired by each tenant's today, their marks, and the contributions of expired years. */
export async function sweepGeneration(
  generation: Generation,
  store: Store,
  queue: Queue,
  todayOf: (tenant: string) => Day,
): Promise<void> {
  for (const tenant of generation.tenants()) {
    const today = Math.max(todayOf(tenant), generation.horizon(tenant));
    // Written first: from here on nothing brings back what is dropped below.
    await queue.run(async () => {
      const marks = generation.raiseHorizon(tenant, today);
      await store.write(marks);
      generation.settle({ marks });
    });
    await dropMarks(generation, store, queue, tenant, today);
    await dropWindows(generation, store, queue, tenant, today);
    await dropYears(generation, store, queue, tenant, today);
  }
}

async function dropMarks(
  generation: Generation,
  store: Store,
  queue: Queue,
  tenant: string,
  today: Day,
): Promise<void> {
  await queue.run(async () => {
    const marks = generation.overflows().flatMap((mark) => {
      const window = mark.slice(mark.lastIndexOf('/') + 1);
      if (splitOnce(mark)[0] !== tenant || !isExpired(window, today)) return [];
      return [{ into: generation.store.marks, key: Buffer.from(`overflow/${mark}`), value: null }];
    });
    await store.write(marks);
    generation.settle({ marks });
  });
}

async function dropWindows(
  generation: Generation,
  store: Store,
  queue: Queue,
  tenant: string,
  today: Day,
): Promise<void> {
  const { cells } = generation.store;
  const end = after(Buffer.from(`${tenant}/`));
  for (let start: Buffer = Buffer.from(`${tenant}/`); ;) {
    const [key] = cells.getKeys({ start, end, limit: 1 });
    if (!key) return;
    const [window] = splitOnce(key.toString().slice(tenant.length + 1));
    const next = after(Buffer.from(`${tenant}/${window}/`));
    if (isExpired(window, today)) {
      const keys = [...cells.getKeys({ start: key, end: next, limit: SLICE })];
      await queue.run(() => store.write(keys.map((expired) => ({ into: cells, key: expired, value: null }))));
      start = keys.length < SLICE ? next : key;
    } else {
      start = next;
    }
  }
}

const isExpired = (window: string, today: Day): boolean => (expiryOf(window) ?? 0) <= today;

/** Walks records and items once after each year that expires; heads stay for ever. */
async function dropYears(
  generation: Generation,
  store: Store,
  queue: Queue,
  tenant: string,
  today: Day,
): Promise<void> {
  const expired = lastExpiredYear(today);
  const { marks, records, items } = generation.store;
  const mark = Buffer.from(`swept/${tenant}`);
  if (Number(marks.getBinary(mark)?.toString() ?? 0) >= expired) return;
  await rewrite(store, queue, records, Buffer.from(`${tenant}\0`), (value) => {
    const head = decodeHead(value);
    return head.year !== 0 && head.year <= expired ? encodeHead({ ...head, year: 0 }) : value;
  });
  await rewrite(store, queue, items, Buffer.from(`${tenant}/`), (value) => {
    const days = decodeDays(value);
    const kept = new Map([...days].filter(([day]) => civil(day).year > expired));
    if (kept.size === days.size) return value;
    return kept.size === 0 ? null : encodeDays(kept);
  });
  await queue.run(() => store.write([{ into: marks, key: mark, value: Buffer.from(String(expired)) }]));
}

function lastExpiredYear(today: Day): number {
  let { year } = civil(today);
  while (expiryOfYear(year) > today) year -= 1;
  return year;
}

/** Replaces values under a prefix; the same value returned leaves it as it is, null removes it. */
async function rewrite(
  store: Store,
  queue: Queue,
  into: Write['into'],
  prefix: Buffer,
  change: (value: Buffer) => Buffer | null,
): Promise<void> {
  for (let start: Buffer | null = prefix; start;) {
    start = await queue.run(async (): Promise<Buffer | null> => {
      const slice = [...into.getRange({ start: start ?? prefix, end: after(prefix), limit: SLICE })];
      const writes = slice.flatMap(({ key, value }) => {
        const next = change(value);
        return next === value ? [] : [{ into, key, value: next }];
      });
      await store.write(writes);
      const last = slice.at(-1);
      return last && slice.length === SLICE ? Buffer.concat([last.key, Buffer.from([0])]) : null;
    });
  }
}
