/**
 * Control data in every process: read from the start of its topic once, then followed.
 *
 * Followed by asking for what comes next every 250 ms, not by a consumer group: every process needs
 * every record, from the start, each time it starts, and a group per process would be left behind on
 * the brokers by each that ends. An empty read costs a fraction of a millisecond on both engines.
 *
 * While the log cannot be read what is known stays in force: keys go on working, and what expires
 * expires by the clock. Nothing new can be revoked then either, for the log takes no record.
 */
import { TOPICS, type ChangeLog } from '#change-log';
import type { Logger } from '#platform';
import { Erasures } from './erasures';
import { LastSeen } from './last-seen';
import {
  controlKey,
  type ApiKeyRecord,
  type AuditRecord,
  type ControlRecord,
  type LayoutRecord,
  type ScreenTokenRecord,
  type SettingsRecord,
  type TicketRecord,
} from './records';

const POLL_MS = 250;
const READ_RECORDS = 1_000;
/** Audit entries held per tenant for reading; the topic keeps them all. */
const AUDIT_HELD = 10_000;

export type ControlListener = (record: ControlRecord) => void;

export class ControlStore {
  readonly keys = new Map<string, ApiKeyRecord>();
  readonly screens = new Map<string, ScreenTokenRecord>();
  /** By tenant. */
  readonly settings = new Map<string, SettingsRecord>();
  /** By control key. */
  readonly layouts = new Map<string, LayoutRecord>();
  /** Unexpired ones by id; of a claimed one the first claim. */
  readonly tickets = new Map<string, TicketRecord>();
  /** Ids of the dead letters that were replayed or deleted. */
  readonly closedLetters = new Set<string>();
  readonly erasures = new Erasures();
  readonly lastSeen: LastSeen;
  private readonly audits = new Map<string, AuditRecord[]>();
  private readonly listeners = new Set<ControlListener>();
  private position = 0;
  private reading: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private failing = false;
  private complete = false;

  constructor(
    private readonly log: ChangeLog,
    private readonly logger: Logger,
  ) {
    this.lastSeen = new LastSeen((record) => this.write(record), logger);
  }

  /** Whether the topic was read to its end once: before that nobody is let in. */
  get ready(): boolean {
    return this.complete;
  }

  /** Reads the topic to its end and follows it from there. @throws when it cannot be read. */
  async start(): Promise<void> {
    await this.catchUp();
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.reading.catch(() => undefined);
  }

  /** Told of every record as it is read, after it has taken effect. Returns the way to stop. */
  onRecord(listener: ControlListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Writes records durably; resolves when they are in force in this process. */
  async write(...records: ControlRecord[]): Promise<void> {
    await this.log.append(
      TOPICS.control,
      records.map((record) => ({ key: controlKey(record), value: Buffer.from(JSON.stringify(record)) })),
    );
    await this.catchUp();
  }

  /** Entries of a tenant, newest first. */
  auditOf(tenant: string): readonly AuditRecord[] {
    return (this.audits.get(tenant) ?? []).toReversed();
  }

  /** Everything that is in the topic when this is called is in force when it resolves. */
  private catchUp(): Promise<void> {
    const next = this.reading.catch(() => undefined).then(() => this.readToEnd());
    this.reading = next;
    return next;
  }

  private async readToEnd(): Promise<void> {
    for (;;) {
      const stored = await this.log.read(TOPICS.control, 0, this.position, READ_RECORDS);
      for (const { offset, value } of stored) {
        this.take(value);
        this.position = offset + 1;
      }
      if (stored.length === 0) break;
    }
    this.complete = true;
    this.dropTickets();
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.catchUp()
        .then(() => {
          this.failing = false;
        })
        .catch((error: unknown) => {
          if (!this.failing) this.logger.warn({ err: error }, 'control data cannot be followed');
          this.failing = true;
        })
        .finally(() => this.schedule());
    }, POLL_MS);
  }

  private take(value: Buffer): void {
    const record = parse(value);
    if (!record) {
      this.logger.warn('a record of the control topic is not one of ours and is passed over');
      return;
    }
    this.keep(record);
    for (const listener of this.listeners) listener(record);
  }

  private keep(record: ControlRecord): void {
    switch (record.kind) {
      case 'key':
        return void this.keys.set(record.id, record);
      case 'screen':
        return void this.screens.set(record.id, record);
      case 'screen-seen':
        return this.lastSeen.take(record);
      case 'settings':
        return void this.settings.set(record.tenant, record);
      case 'layout':
        return void this.layouts.set(controlKey(record), record);
      case 'ticket':
        return this.keepTicket(record);
      case 'audit':
        return this.keepAudit(record);
      case 'dead-letter':
        return void this.closedLetters.add(record.id);
      case 'erasure-key':
        return this.erasures.takeKey(record);
      case 'erasure':
        return this.erasures.take(record);
    }
  }

  /** The order of the log decides who was first. */
  private keepTicket(record: TicketRecord): void {
    const known = this.tickets.get(record.id);
    if (!known?.claim) this.tickets.set(record.id, record);
  }

  private dropTickets(): void {
    const now = Date.now();
    for (const [id, { expiresAt }] of this.tickets) if (expiresAt < now) this.tickets.delete(id);
  }

  private keepAudit(record: AuditRecord): void {
    const entries = this.audits.get(record.tenant) ?? [];
    entries.push(record);
    if (entries.length > AUDIT_HELD) entries.splice(0, entries.length - AUDIT_HELD);
    this.audits.set(record.tenant, entries);
  }
}

const KINDS: readonly string[] = [
  'key',
  'screen',
  'screen-seen',
  'settings',
  'layout',
  'ticket',
  'audit',
  'dead-letter',
  'erasure-key',
  'erasure',
] satisfies ControlRecord['kind'][];

function parse(value: Buffer): ControlRecord | null {
  try {
    const record = JSON.parse(value.toString('utf8')) as ControlRecord;
    return KINDS.includes(record.kind) ? record : null;
  } catch {
    return null;
  }
}
