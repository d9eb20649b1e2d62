/**
 * A rebuild of the counters between processes: asked for by any, done by the leaderboards consumer in charge,
 * which tells how far it is. Each tenant, and everybody together, has a place of its own for both, so that
 * two who ask at the same time do not take each other's word away.
 */
import { randomUUID } from 'node:crypto';
import type { Counters } from '#counters';

/** Where the newest rebuild of all is told. */
export const REBUILD_STATUS = 'rebuild';
const REQUEST = 'rebuild-request';
/** No tenant is called so. */
const EVERYBODY = '*';

export interface RebuildRequest {
  id: string;
  /** Whose counters; the others of their shards are built anew with them. Absent: everybody's. */
  tenants?: string[];
  reason?: string;
}

export interface RebuildProgress {
  state: 'running' | 'done' | 'failed';
  /** Id of the request; absent when nobody asked. */
  request?: string;
  /** Absent: everybody's counters. */
  tenants?: string[];
  reason: string;
  /** Epoch milliseconds; `at` is when this was last told. */
  startedAt: number;
  at: number;
  /** Records applied so far. */
  records: number;
  /** Records there are, as far as is known; null before they are counted. */
  total: number | null;
  error?: string;
}

/** Asks for a rebuild of a tenant's counters, or of everybody's; resolves with the request's id. */
export async function requestRebuild(
  counters: Counters,
  { tenant, reason }: { tenant?: string; reason?: string } = {},
): Promise<string> {
  const request: RebuildRequest = {
    id: randomUUID(),
    reason,
    tenants: tenant === undefined ? undefined : [tenant],
  };
  await counters.publishStatus(`${REQUEST}/${tenant ?? EVERYBODY}`, { ...request });
  return request.id;
}

/** The newest request of each tenant, and of everybody. */
export async function rebuildRequests(counters: Counters): Promise<RebuildRequest[]> {
  return [...(await counters.statuses(`${REQUEST}/`)).values()] as unknown as RebuildRequest[];
}

/** Tells how far a rebuild is. */
export async function publishRebuild(counters: Counters, progress: RebuildProgress): Promise<void> {
  const told = { ...progress };
  for (const name of progress.tenants ?? [EVERYBODY])
    await counters.publishStatus(`${REBUILD_STATUS}/${name}`, told);
  await counters.publishStatus(REBUILD_STATUS, told);
}

/** The newest rebuild of a tenant's counters, its own or everybody's; without a tenant: the newest of all. */
export async function rebuildProgress(
  counters: Counters,
  tenant?: string,
): Promise<RebuildProgress | undefined> {
  const told = (await counters.statuses(REBUILD_STATUS)) as unknown as Map<string, RebuildProgress>;
  if (tenant === undefined) return told.get(REBUILD_STATUS);
  const [own, all] = [tenant, EVERYBODY].map((name) => told.get(`${REBUILD_STATUS}/${name}`));
  return own && (!all || own.startedAt > all.startedAt) ? own : all;
}

const POLL_MS = 200;
/** How long a rebuild may stand still, or not begin. */
const STILL_MS = 120_000;

/**
 * Waits for the end of a requested rebuild, or of one that began after the request and covers the same.
 * `told` hears how far it is. `pause` waits between two looks, and may reject to give up.
 * @throws Error when it failed, or nobody took it up.
 */
export async function followRebuild(
  counters: Counters,
  { id, tenant, asked }: { id: string; tenant?: string; asked: number },
  pause: (ms: number) => Promise<void>,
  told: (progress: RebuildProgress) => void = () => undefined,
): Promise<RebuildProgress> {
  for (let moved = asked; Date.now() - moved < STILL_MS; await pause(POLL_MS)) {
    const progress = await rebuildProgress(counters, tenant ?? EVERYBODY);
    const ours = progress?.request === id;
    if (!progress || !(ours || progress.startedAt > asked)) continue;
    told(progress);
    if (progress.state === 'done') return progress;
    if (progress.state === 'failed' && ours) throw new Error(`the rebuild failed: ${progress.error ?? ''}`);
    moved = Math.max(moved, progress.at);
  }
  throw new Error('no process that keeps the counters has finished the rebuild');
}
