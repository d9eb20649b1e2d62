/**
 * The change events that all benchmarks share: 20 % contracts with 3 lines, 50 % activities, 30 % customers,
 * ids of 36 characters; a tenth of the events change a record that exists. The same seed gives the same events.
 */
import { isoOf, zoneNamed } from '#calendar';
import { recordKey, type CloudEvent } from '#crm';
import type { LogRecord } from '#change-log';
import { Random } from '../model';

export const TENANT = 'default';
export const TIME_ZONE = 'Asia/Shanghai';
export const MIX = { contract: 0.2, activity: 0.5, customer: 0.3 } as const;
export type MixEntity = keyof typeof MIX;

const CHANGED = 0.1;
/** Most changes are dated today; the others within the last month. */
const TODAY = 0.8;
const PRODUCTS = 200;
const SOURCE = 'https://crm.example/bench';

export interface MixOptions {
  seed: number;
  /** People who are credited (default 100). */
  employees?: number;
  /** Share of events that change a record that exists (default a tenth). */
  changed?: number;
}

export class Mix {
  readonly employees: string[];
  /** The newest event of every record, by the log's key. */
  readonly latest = new Map<string, CloudEvent>();
  private readonly random: Random;
  private readonly changed: number;
  private readonly ids: Record<MixEntity, string[]> = { contract: [], activity: [], customer: [] };
  private readonly products: string[];
  private readonly today: number;
  private readonly day: number;
  private sequence: number;

  constructor({ seed, employees = 100, changed = CHANGED }: MixOptions) {
    this.random = new Random(seed);
    this.changed = changed;
    this.employees = Array.from({ length: employees }, () => this.uuid());
    this.products = Array.from({ length: PRODUCTS }, () => this.uuid());
    const zone = zoneNamed(TIME_ZONE);
    this.day = zone.dayAt(Date.now());
    this.today = zone.startOf(this.day);
    this.sequence = Date.now() * 1000;
  }

  /** The next `count` events. */
  events(count: number): CloudEvent[] {
    return Array.from({ length: count }, () => this.next());
  }

  next(): CloudEvent {
    const kind = this.random.next();
    if (kind < MIX.contract) return this.event('contract');
    return this.event(kind < MIX.contract + MIX.activity ? 'activity' : 'customer');
  }

  /** The next event of a record of one kind. */
  event(entity: MixEntity): CloudEvent {
    const known = this.ids[entity];
    const again = known.length > 0 && this.random.chance(this.changed);
    const id = again ? this.random.pick(known) : this.uuid();
    if (!again) known.push(id);
    this.sequence += 1;
    const event: CloudEvent = {
      specversion: '1.0',
      id: this.uuid(),
      source: SOURCE,
      type: `crm.${entity}.${again ? 'updated' : 'created'}`,
      subject: id,
      time: new Date(this.sequence / 1000).toISOString(),
      tenantid: TENANT,
      sequence: String(this.sequence),
      datacontenttype: 'application/json',
      data: this[entity](id),
    };
    this.latest.set(recordKey(TENANT, entity, id), event);
    return event;
  }

  uuid(): string {
    const word = (): string => this.random.int(0, 0xffffffff).toString(16).padStart(8, '0');
    const [a, b, c, d] = [word(), word(), word(), word()];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }

  private contract(id: string): object {
    const lines = Array.from({ length: 3 }, () => ({
      productId: this.random.pick(this.products),
      quantity: `${this.random.int(1, 20)}`,
      subtotal: this.money(30_000),
    }));
    return {
      id,
      number: `HT-${this.random.int(100_000, 999_999)}`,
      name: '年度采购框架合同 Annual supply',
      customerId: this.aCustomer(),
      opportunityId: null,
      ownerId: this.random.pick(this.employees),
      orderDate: isoOf(this.day - this.daysAgo()),
      endDate: isoOf(this.day + 365),
      amount: this.money(90_000),
      status: this.random.chance(0.8) ? 'approved' : this.random.pick(['in-review', 'void', 'draft']),
      lines,
    };
  }

  private activity(id: string): object {
    const customerId = this.aCustomer();
    return {
      id,
      kind: this.random.chance(0.8) ? 'follow-up' : 'check-in',
      targetType: 'customer',
      targetId: customerId,
      customerId,
      authorId: this.random.pick(this.employees),
      createdAt: this.instant(),
      method: this.random.pick(['电话', '拜访', '微信']),
    };
  }

  private customer(id: string): object {
    const deal = this.random.chance(0.25);
    return {
      id,
      name: `上海示例科技有限公司 ${this.random.int(1, 99_999)}`,
      phone: `021-${this.random.int(10_000_000, 99_999_999)}`,
      mobile: `138${this.random.int(10_000_000, 99_999_999)}`,
      ownerId: this.random.chance(0.05) ? null : this.random.pick(this.employees),
      creatorId: this.random.pick(this.employees),
      createdAt: this.instant(),
      dealStatus: deal ? 'deal' : 'not-deal',
      dealAt: deal ? this.instant() : null,
      province: this.random.pick(['上海', '江苏', '浙江', '广东', '北京']),
      city: this.random.pick(['上海', '南京', '杭州', '深圳', '北京']),
      industry: this.random.pick(['IT', '制造', '金融', '医疗']),
      level: this.random.pick(['A', 'B', 'C']),
      source: this.random.pick(['官网', '展会', '转介绍']),
      nextContactAt: null,
    };
  }

  private aCustomer(): string {
    const { customer } = this.ids;
    return customer.length > 0 ? this.random.pick(customer) : this.uuid();
  }

  private daysAgo(): number {
    return this.random.chance(TODAY) ? 0 : this.random.int(1, 30);
  }

  private instant(): string {
    return new Date(this.today - this.daysAgo() * 86_400_000 + this.random.int(0, 86_399_999)).toISOString();
  }

  private money(most: number): string {
    return `${this.random.int(1, most)}.${String(this.random.int(0, 99)).padStart(2, '0')}`;
  }
}

/** The event as a record of the log. */
export const logRecord = (event: CloudEvent): LogRecord => ({
  key: recordKey(TENANT, event.type.split('.')[1] ?? '', event.subject),
  value: Buffer.from(JSON.stringify(event)),
  headers: { 'content-type': 'application/cloudevents+json' },
});
