/** A batch folded by record: all changes of one record together, in log order. */
import { hash } from 'node:crypto';
import type { RecordChange } from './port';

export interface RecordRun {
  tenant: string;
  entity: string;
  id: string;
  /** 16 bytes that stand for entity and id: fixed-width keys however long the ids are. */
  digest: Buffer;
  /** Never empty. */
  changes: RecordChange[];
  /** The one with the greatest version; the first of equal ones. */
  newest: RecordChange;
}

/** SHA-256 cut to 128 bits: no two records of a system will ever meet. */
// By way of a string, which costs a third of asking for a buffer.
const digestOf = (text: string): Buffer => Buffer.from(hash('sha256', text, 'binary').slice(0, 16), 'latin1');

/** One run per record, in the order in which records first appear. */
export function foldRuns(changes: readonly RecordChange[]): RecordRun[] {
  const runs = new Map<string, RecordRun>();
  foldInto(runs, changes);
  return [...runs.values()];
}

/** The same with runs of changes before these. */
export function foldInto(runs: Map<string, RecordRun>, changes: readonly RecordChange[]): void {
  for (const change of changes) {
    const { tenant, entity, id } = change;
    const name = `${entity}/${id}`;
    const key = `${tenant}/${name}`;
    const run = runs.get(key);
    if (!run) {
      runs.set(key, { tenant, entity, id, digest: digestOf(name), changes: [change], newest: change });
      continue;
    }
    run.changes.push(change);
    if (change.version > run.newest.version) run.newest = change;
  }
}

/** A tenant's shard, the same in every process and release. */
export function shardOf(tenant: string, shards: number): number {
  let shard = known.get(tenant);
  if (shard === undefined) known.set(tenant, (shard = digestOf(tenant).readUInt32BE(0)));
  return shard % shards;
}
const known = new Map<string, number>();

/** A change that is newer than any and leaves nothing of a record. */
export const removalOf = (tenant: string, entity: string, id: string): RecordChange => ({
  tenant,
  entity,
  id,
  version: 'f'.repeat(32),
  contributions: [],
  reference: null,
});
