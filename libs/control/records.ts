/**
 * Control data as records of the compacted topic: the newest record of a key counts. Nothing is ever
 * taken away there: what ends says so (`revokedAt`), so that a key that was once made is known for ever.
 */
import type { Permission, Role } from '#access';
import type { Layout } from './layout';
import type { TenantSettings } from './tenant-settings';

/** Times are epoch milliseconds, digests SHA-256 in base64url. */
interface Dated {
  tenant: string;
  createdAt: number;
}

interface Revocable extends Dated {
  id: string;
  name: string;
  digest: string;
  createdBy: string;
  expiresAt: number | null;
  revokedAt: number | null;
}

export interface ApiKeyRecord extends Revocable {
  kind: 'key';
  roles: Role[];
  /** Null without the role `read`. */
  permission: Permission | null;
  employeeId: string | null;
}

export interface ScreenTokenRecord extends Revocable {
  kind: 'screen';
  scenes: string[];
  /** For whom it was made: it shows as long as that employee may see everything. */
  employeeId: string | null;
}

/** A screen was there. Apart from its token, so that it never undoes a revocation. */
export interface ScreenSeenRecord extends Dated {
  kind: 'screen-seen';
  id: string;
}

export interface SettingsRecord extends Dated {
  kind: 'settings';
  settings: TenantSettings;
}

export interface LayoutRecord extends Dated {
  kind: 'layout';
  owner: string;
  layout: Layout;
}

/** A one-time link: made by one record, taken by a second one. The first claim in the log has it. */
export interface TicketRecord extends Dated {
  kind: 'ticket';
  id: string;
  slot: number;
  digest: string;
  /** The request it stands for, path and query. */
  path: string;
  expiresAt: number;
  /** Id of the key it was made with. */
  issuer: TicketIssuer;
  /** Who takes it; null in the record that makes it. */
  claim: string | null;
}

/** Whose request a ticket makes. */
export interface TicketIssuer {
  kind: 'key' | 'open' | 'operator';
  id: string;
}

export interface AuditRecord extends Dated {
  kind: 'audit';
  id: string;
  actor: { kind: string; id: string; name: string };
  /** What was done: `key.created`, `settings.changed`, … */
  action: string;
  /** What it was done to. */
  target: string | null;
  requestId: string | null;
}

/** A dead letter that is no longer open. */
export interface DeadLetterRecord extends Dated {
  kind: 'dead-letter';
  /** Its offset in the topic of dead letters. */
  id: string;
  outcome: 'replayed' | 'deleted';
}

/** A key by which erased records are known. */
export interface ErasureKeyRecord extends Dated {
  kind: 'erasure-key';
  id: string;
  /** Base64url. */
  key: string;
}

/** A record that was erased. */
export interface ErasureRecord extends Dated {
  kind: 'erasure';
  /** Keyed hash of its name. */
  id: string;
  /** Up to this version, 32 hex digits, its events are passed over. */
  version: string;
}

export type ControlRecord =
  | ApiKeyRecord
  | ScreenTokenRecord
  | ScreenSeenRecord
  | SettingsRecord
  | LayoutRecord
  | TicketRecord
  | AuditRecord
  | DeadLetterRecord
  | ErasureKeyRecord
  | ErasureRecord;

/** Key in the topic: what a newer record replaces. */
export function controlKey(record: ControlRecord): string {
  switch (record.kind) {
    case 'key':
    case 'screen':
    case 'screen-seen':
    case 'audit':
    case 'dead-letter':
    case 'erasure-key':
    case 'erasure':
      return `${record.kind}/${record.id}`;
    case 'settings':
      return `settings/${record.tenant}`;
    case 'layout':
      return `layout/${record.tenant}/${record.owner}`;
    // Tickets share a fixed number of keys, so that compaction keeps no more than that of them.
    case 'ticket':
      return `ticket/${record.slot}`;
  }
}
