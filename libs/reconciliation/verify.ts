/** Compares a tenant's counters with the warehouse and, where they differ, has them built anew. */
import { setTimeout as sleep } from 'node:timers/promises';
import { followRebuild, requestRebuild } from '#pipeline';
import type { Tenant } from '#platform';
import { NotComparable, Reconciler, type Difference, type ReconcilerOptions } from './reconciler';

export interface VerifyOptions {
  /** Have what differs built anew. */
  repair: boolean;
  /** Also look at what is held of every single record. */
  records: boolean;
}

export interface Verified {
  tenant: string;
  /** When the comparison ended, epoch milliseconds. */
  at: number;
  /** Cells compared. */
  compared: number;
  /** Records compared; null when they were not. */
  records: number | null;
  /** Cells and records that differed. */
  drift: number;
  /** The first of them. */
  differences: Difference[];
  /** Records that are not held as the warehouse has them: `entity/id`, the first of them. */
  wrongRecords: string[];
  /** What still differs after the repair; null when nothing was repaired. */
  remaining: number | null;
}

const SHOWN = 100;

/** @throws NotComparable when nothing can be said now; Error when a repair failed. */
export async function verify(
  options: ReconcilerOptions,
  tenant: Tenant,
  { repair, records }: VerifyOptions,
): Promise<Verified> {
  const reconciler = new Reconciler(options);
  const found = await look(reconciler, tenant, records);
  if (found.drift === 0 || !repair) return found;
  await rebuilt(options, tenant.id);
  const after = await look(reconciler, tenant, records);
  return { ...found, remaining: after.drift };
}

async function look(reconciler: Reconciler, tenant: Tenant, deep: boolean): Promise<Verified> {
  const cells = await reconciler.compare(tenant);
  const held = deep ? await reconciler.compareRecords(tenant) : null;
  return {
    tenant: tenant.id,
    at: Date.now(),
    compared: cells.compared,
    records: held && held.compared,
    drift: cells.drift.length + (held?.wrong.length ?? 0),
    differences: cells.drift.slice(0, SHOWN),
    wrongRecords: held?.wrong.slice(0, SHOWN) ?? [],
    remaining: null,
  };
}

/** Asks for a rebuild of the tenant's shard and waits for its end. */
async function rebuilt({ counters, stopped }: ReconcilerOptions, tenant: string): Promise<void> {
  const asked = Date.now();
  const id = await requestRebuild(counters, { tenant, reason: 'drift' });
  await followRebuild(counters, { id, tenant, asked }, async (ms) => {
    if (stopped?.()) throw new NotComparable('the process stops');
    await sleep(ms);
  });
}
