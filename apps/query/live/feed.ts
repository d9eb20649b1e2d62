/** The newest wins, with names as they are now. */
import { Inject, Injectable } from '@nestjs/common';
import type { Counters } from '#counters';
import { COUNTERS, WAREHOUSE } from '#engines';
import type { Warehouse } from '#warehouse';
import type { Caller } from '#access';
import { permittedPeople } from '#reports';
import { Directories } from '../directory';
import { Pictures, type Pictured } from '../pictures';

export interface FeedEntry extends Pictured {
  /** The record's id: once for ever. */
  key: string;
  kind: 'deal-won';
  at: string;
  employeeId: string | null;
  employeeName: string | null;
  customerName: string | null;
  amount: string;
}

interface StoredItem extends Omit<FeedEntry, 'employeeName' | 'customerName' | 'avatarUrl'> {
  customerId: string | null;
}

const FEED_LENGTH = 50;
/** Read for a caller who may not see all of them: as many as are kept. */
const KEPT = 200;

@Injectable()
export class Feed {
  constructor(
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    private readonly directories: Directories,
    private readonly pictures: Pictures,
  ) {}

  /** The newest that the caller may see: by people within the data permission. */
  async newest({ tenant, ...caller }: Caller): Promise<FeedEntry[]> {
    const { org } = await this.directories.of(tenant);
    const people = permittedPeople({ tenant, ...caller }, org).ids;
    const stored = await this.counters.feed(tenant, people === null ? FEED_LENGTH : KEPT);
    const items = stored
      .map(({ item }) => JSON.parse(item) as StoredItem)
      .filter(({ employeeId }) => people === null || (employeeId !== null && people.has(employeeId)))
      .slice(0, FEED_LENGTH);
    const picture = this.pictures.of(tenant, org);
    const names = await this.customerNames(tenant, items);
    return items.map(({ key, kind, at, employeeId, customerId, amount }) => ({
      key,
      kind,
      at,
      employeeId,
      employeeName: (employeeId && org.employees.get(employeeId)?.name) ?? null,
      customerName: (customerId && names.get(customerId)) ?? null,
      amount,
      ...picture(employeeId),
    }));
  }

  /** A customer that the warehouse does not have yet has no name yet. */
  private async customerNames(tenant: string, items: StoredItem[]): Promise<Map<string, string>> {
    const ids = [...new Set(items.flatMap(({ customerId }) => customerId ?? []))];
    if (ids.length === 0) return new Map();
    const rows = await this.warehouse.query<{ id: string; name: string }>(
      'SELECT id, name FROM customer FINAL PREWHERE tenant = {tenant:String} AND id IN {ids:Array(String)}',
      { tenant, ids },
      { tag: { report: 'feed', tenant } },
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
