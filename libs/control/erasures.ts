/**
 * Records that were erased, known by a keyed hash alone: an event of one of them, up to the version
 * it had, is passed over by every consumer, so that no replay brings it back.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { ErasureKeyRecord, ErasureRecord } from './records';

export interface RecordName {
  tenant: string;
  entity: string;
  id: string;
}

const KEY_BYTES = 32;

/** A key for hashes to come. Whoever has it can tell whether a name he guesses was erased. */
export const newErasureKey = (): ErasureKeyRecord => ({
  kind: 'erasure-key',
  id: randomBytes(8).toString('hex'),
  tenant: '',
  createdAt: Date.now(),
  key: randomBytes(KEY_BYTES).toString('base64url'),
});

export class Erasures {
  /** In the order in which they came: the first one is used. Two processes may each have made one. */
  private readonly keys = new Map<string, Buffer>();
  /** Version by hash. */
  private readonly versions = new Map<string, string>();
  private readonly tenants = new Set<string>();

  takeKey({ id, key }: ErasureKeyRecord): void {
    this.keys.set(id, Buffer.from(key, 'base64url'));
  }

  take({ id, tenant, version }: ErasureRecord): void {
    if (version > (this.versions.get(id) ?? '')) this.versions.set(id, version);
    this.tenants.add(tenant);
  }

  get hasKey(): boolean {
    return this.keys.size > 0;
  }

  /** The hash that stands for a record from now on. @throws Error without a key. */
  hashOf(name: RecordName): string {
    const [key] = this.keys.values();
    if (!key) throw new Error('there is no key for erasures yet');
    return hashWith(key, name);
  }

  /** The version up to which a record was erased; null when it was not. */
  versionOf(name: RecordName): string | null {
    // Most tenants never erase anything: then nothing is hashed.
    if (!this.tenants.has(name.tenant)) return null;
    let newest: string | null = null;
    for (const key of this.keys.values()) {
      const version = this.versions.get(hashWith(key, name));
      if (version !== undefined && version > (newest ?? '')) newest = version;
    }
    return newest;
  }

  /** Whether a change belongs to what was erased. */
  covers(change: RecordName & { version: string }): boolean {
    const version = this.versionOf(change);
    return version !== null && change.version <= version;
  }
}

const hashWith = (key: Buffer, { tenant, entity, id }: RecordName): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([tenant, entity, id]))
    .digest('base64url');
