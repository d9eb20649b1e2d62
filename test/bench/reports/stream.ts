/** Events that keep arriving while reports are asked: through the facts writer, as the product writes them. */
import { randomUUID } from 'node:crypto';
import { FactsGatherer, FactsWriter, type Fact, type Warehouse } from '#warehouse';
import { upsert } from '../../support/facts';
import { TODAY } from './fill';

const TICK_MS = 50;

/** Ids of records that exist, for references and for changes. */
interface Sample {
  employees: string[];
  customers: string[];
  contracts: string[];
  activities: string[];
}

async function sample(warehouse: Warehouse, tenant: string): Promise<Sample> {
  const ids = async (table: string): Promise<string[]> => {
    const rows = await warehouse.query<{ id: string }>(
      `SELECT id FROM ${table} WHERE tenant = {tenant:String} LIMIT 5000`,
      { tenant },
      { tag: { report: 'bench', tenant } },
    );
    return rows.map(({ id }) => id);
  };
  const [employees, customers, contracts, activities] = await Promise.all(
    ['employee', 'customer', 'contract', 'activity'].map(ids),
  );
  return {
    employees: employees ?? [],
    customers: customers ?? [],
    contracts: contracts ?? [],
    activities: activities ?? [],
  };
}

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

export class Stream {
  private readonly gatherer: FactsGatherer;
  private readonly writes = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private sequence = Date.now() * 1000;
  /** Events given to the writer. */
  sent = 0;
  private failure: Error | undefined;

  private constructor(
    warehouse: Warehouse,
    private readonly tenant: string,
    private readonly known: Sample,
    private readonly perSecond: number,
  ) {
    this.gatherer = new FactsGatherer(new FactsWriter(warehouse));
  }

  /** Begins to write `perSecond` events a second of the mix: contracts, activities, customers; a tenth change records. */
  static async start(warehouse: Warehouse, tenant: string, perSecond: number): Promise<Stream> {
    const stream = new Stream(warehouse, tenant, await sample(warehouse, tenant), perSecond);
    stream.startedAt = performance.now();
    stream.timer = setInterval(() => stream.tick(), TICK_MS);
    return stream;
  }

  /** Resolves when everything sent is in the warehouse. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.writes);
    if (this.failure) throw this.failure;
  }

  /** What is due by now, however late the timer was. */
  private tick(): void {
    const due = Math.floor(((performance.now() - this.startedAt) / 1000) * this.perSecond);
    const facts: Fact[] = [];
    for (; this.sent < due; this.sent++) facts.push(this.event());
    const settled = this.write(facts).then(() => void this.writes.delete(settled));
    this.writes.add(settled);
  }

  /** Never rejects: a failure is told at the end. */
  private async write(facts: readonly Fact[]): Promise<void> {
    try {
      const refused = await this.gatherer.write(facts);
      if (refused.length > 0) this.failure ??= new Error(`refused: ${JSON.stringify(refused[0])}`);
    } catch (error) {
      this.failure ??= error as Error;
    }
  }

  private event(): Fact {
    const kind = Math.random();
    const { employees, customers, contracts, activities } = this.known;
    const id = (ids: readonly string[]): string => (Math.random() < 0.1 ? pick(ids) : randomUUID());
    const at = `${TODAY}T0${Math.floor(Math.random() * 9)}:30:00.000Z`;
    const more = { tenantid: this.tenant };
    this.sequence += 1;
    if (kind < 0.2) {
      const line = { productId: 'p1', quantity: '2', subtotal: '50.00' };
      const document = {
        number: 'N',
        name: '合同',
        orderDate: TODAY,
        amount: '150.00',
        status: 'approved',
      } as const;
      const owned = { id: id(contracts), ownerId: pick(employees), customerId: pick(customers) };
      return upsert('contract', { ...document, ...owned, lines: [line, line, line] }, this.sequence, more);
    }
    if (kind < 0.7) {
      const customerId = pick(customers);
      const about = { targetType: 'customer', targetId: customerId, customerId } as const;
      const made = {
        id: id(activities),
        kind: 'follow-up',
        authorId: pick(employees),
        createdAt: at,
      } as const;
      return upsert('activity', { ...made, ...about }, this.sequence, more);
    }
    const owner = { ownerId: pick(employees), creatorId: pick(employees) };
    const customer = { id: id(customers), name: '客户', createdAt: at, dealStatus: 'not-deal' } as const;
    return upsert('customer', { ...customer, ...owner }, this.sequence, more);
  }
}
