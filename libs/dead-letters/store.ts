/**
 * The dead letters that are still open: those in the topic less those that control data says were
 * replayed or deleted. Held in memory are their offsets alone; what is shown is read from the log.
 */
import { TOPICS, type ChangeLog, type StoredRecord } from '#change-log';
import { auditEntry, type Actor, type ControlStore } from '#control';
import { checkEvent, recordKey } from '#crm';
import { badRequest, notFound, type Logger, type Tenants } from '#platform';
import { letterOf, originOf, tenantOf, type DeadLetter } from './letter';

const READ_RECORDS = 500;
const MAX_EVENT_BYTES = 512 * 1024;
const POLL_MS = 1_000;
/** Letters this near to each other are read together. */
const NEAR = 50;

export interface DeadLetterPage {
  /** Newest first. */
  rows: DeadLetter[];
  total: number;
}

export class DeadLetterStore {
  /** Offset to tenant, ascending. */
  private readonly letters = new Map<number, string | null>();
  /** Where letters stood that consumers set aside: what they set aside twice is one letter. */
  private readonly origins = new Set<string>();
  private position = 0;
  private reading: Promise<void> = Promise.resolve();
  private replaying: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: ChangeLog,
    private readonly control: ControlStore,
    private readonly tenants: Tenants,
  ) {}

  /** Follows the topic from now on, so that counting has nothing left to read. */
  follow(logger: Logger): void {
    const next = (): void => {
      this.timer = setTimeout(() => {
        this.catchUp()
          .catch((error: unknown) => logger.debug({ err: error }, 'dead letters cannot be followed'))
          .finally(() => this.timer && next());
      }, POLL_MS).unref();
    };
    next();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.reading.catch(() => undefined);
  }

  /** How many are open; of one tenant, or of all. */
  async count(tenant?: string): Promise<number> {
    await this.catchUp();
    return this.openOffsets(tenant).length;
  }

  /** Open letters of one tenant, or of all; those without a tenant are in the latter alone. */
  async list(tenant: string | undefined, page: { offset: number; limit: number }): Promise<DeadLetterPage> {
    await this.catchUp();
    const open = this.openOffsets(tenant);
    const wanted = open.toReversed().slice(page.offset, page.offset + page.limit);
    return { rows: await this.read(wanted), total: open.length };
  }

  /** @throws ProblemError 404 when there is none, or it is not open, or another tenant's. */
  async get(tenant: string | undefined, id: string): Promise<DeadLetter> {
    await this.catchUp();
    const offset = /^\d{1,15}$/.test(id) ? Number(id) : -1;
    const known = this.openOffsets(tenant).includes(offset);
    const [letter] = known ? await this.read([offset]) : [];
    if (!letter)
      throw notFound(`There is no dead letter ${id}.`, [{ parameter: 'id', detail: 'is unknown' }]);
    return letter;
  }

  /**
   * Sends a letter's event, or a corrected one, to the log again; resolves when it is durable and the
   * letter closed. One after another, so that the letters of a record come in the order asked for.
   *
   * @throws ProblemError 404; 400 with what is still wrong, and the letter stays open.
   */
  replay(actor: Actor, tenant: string | undefined, id: string, corrected?: unknown): Promise<void> {
    const work = this.replaying
      .catch(() => undefined)
      .then(() => this.replayNow(actor, tenant, id, corrected));
    this.replaying = work;
    return work;
  }

  /** Closes a letter for good. @throws ProblemError 404 */
  async delete(actor: Actor, tenant: string | undefined, id: string): Promise<void> {
    const letter = await this.get(tenant, id);
    await this.close(actor, letter, 'deleted');
  }

  private async replayNow(
    actor: Actor,
    tenant: string | undefined,
    id: string,
    corrected: unknown,
  ): Promise<void> {
    const letter = await this.get(tenant, id);
    const event = corrected ?? letter.event;
    const knowsTenant = (name: string): boolean => this.tenants.has(name);
    const checked = checkEvent(event, { tenant: letter.tenant, knowsTenant, now: Date.now() });
    if (!checked.ok) throw badRequest('The event still cannot be taken.', checked.problems);
    const { change } = checked;
    const value = Buffer.from(JSON.stringify({ tenantid: change.tenant, ...change.event }));
    if (value.length > MAX_EVENT_BYTES) {
      throw badRequest('The event is too large.', [{ pointer: '', detail: 'has more than 512 KiB' }]);
    }
    const key = recordKey(change.tenant, change.entity, change.id);
    const headers = { 'content-type': 'application/cloudevents+json' };
    await this.log.append(TOPICS.events, [{ key, value, headers }]);
    await this.close(actor, letter, 'replayed');
  }

  private async close(
    actor: Actor,
    { id, tenant }: DeadLetter,
    outcome: 'replayed' | 'deleted',
  ): Promise<void> {
    const of = tenant ?? actor.caller.tenant;
    await this.control.write(
      { kind: 'dead-letter', id, tenant: of, createdAt: Date.now(), outcome },
      auditEntry({ ...actor, caller: { ...actor.caller, tenant: of } }, `dead-letter.${outcome}`, id),
    );
  }

  private openOffsets(tenant: string | undefined): number[] {
    const open: number[] = [];
    for (const [offset, of] of this.letters) {
      if (tenant !== undefined && of !== tenant) continue;
      if (!this.control.closedLetters.has(String(offset))) open.push(offset);
    }
    return open;
  }

  /** In the order given; what the log no longer keeps is left out. */
  private async read(offsets: readonly number[]): Promise<DeadLetter[]> {
    const found = new Map<number, StoredRecord>();
    const ascending = [...offsets].sort((a, b) => a - b);
    for (let at = 0; at < ascending.length;) {
      const from = ascending[at] ?? 0;
      let to = from;
      for (; at < ascending.length && (ascending[at] ?? 0) - to <= NEAR; at++) to = ascending[at] ?? to;
      for (const record of await this.log.read(TOPICS.deadLetters, 0, from, to - from + 1)) {
        found.set(record.offset, record);
      }
    }
    return offsets.flatMap((offset) => {
      const record = found.get(offset);
      return record ? [letterOf(record, (name) => this.tenants.has(name))] : [];
    });
  }

  /** Every letter that is in the topic when this is called is known when it resolves. */
  private catchUp(): Promise<void> {
    const next = this.reading.catch(() => undefined).then(() => this.readToEnd());
    this.reading = next;
    return next;
  }

  private async readToEnd(): Promise<void> {
    const [range] = await this.log.offsets(TOPICS.deadLetters);
    if (!range) return;
    for (const offset of this.letters.keys()) {
      if (offset >= range.start) break;
      this.letters.delete(offset);
    }
    while (this.position < range.end) {
      const records = await this.log.read(TOPICS.deadLetters, 0, this.position, READ_RECORDS);
      for (const record of records) this.take(record);
      this.position = (records.at(-1)?.offset ?? range.end - 1) + 1;
    }
  }

  private take(record: StoredRecord): void {
    const origin = originOf(record);
    if (origin !== null && this.origins.has(origin)) return;
    if (origin !== null) this.origins.add(origin);
    this.letters.set(
      record.offset,
      tenantOf(record, (name) => this.tenants.has(name)),
    );
  }
}
