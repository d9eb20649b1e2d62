/** A day at the office: one change after another, so that boards move while one watches. */
import { isoOf, type Zone } from '#calendar';
import type { CloudEvent, Contract, Employee, Opportunity } from '#crm';
import { fromMinor, toMinorExact } from '#metrics';
import { demoEvent } from './demo-event';
import { FIRST_NAMES, LAST_NAMES } from './history';
import type { World } from './world';

type Change = (now: number) => CloudEvent[];

/** What follows from an earlier change, a few changes later. */
interface Pending {
  after: number;
  change: Change;
}

/** How often each kind of change comes, of 100. */
const MIX = {
  followUp: 30,
  win: 18,
  newOpportunity: 15,
  newCustomer: 14,
  newContact: 9,
  lose: 5,
  trip: 4,
  transfer: 2,
  correct: 2,
  void: 1,
} as const;

/** Makes the changes of a running demo. Every change works on the state that the ones before left. */
export class LiveDay {
  private readonly pending: Pending[] = [];
  private count = 0;
  /** Contracts signed while the demo runs; corrections and voids touch only these. */
  private readonly signed: string[] = [];

  /**
   * @param random numbers in [0, 1)
   * @param run distinguishes the ids of this run from those of earlier ones
   */
  constructor(
    private readonly world: World,
    private readonly zone: Zone,
    private readonly random: () => number,
    private readonly run: string,
  ) {}

  /** The events of the next change at `now` (epoch milliseconds); now and then there are several. */
  next(now: number): CloudEvent[] {
    this.count += 1;
    const due = this.pending.findIndex(({ after }) => after <= this.count);
    const events = due >= 0 ? this.pending.splice(due, 1)[0]!.change(now) : this.draw()(now);
    for (const event of events) this.world.see(event);
    return events;
  }

  private draw(): Change {
    let dice = this.random() * Object.values(MIX).reduce((sum, share) => sum + share, 0);
    for (const [kind, share] of Object.entries(MIX) as [keyof typeof MIX, number][]) {
      dice -= share;
      if (dice < 0) return (now) => this[kind](now);
    }
    return (now) => this.followUp(now);
  }

  private followUp(now: number): CloudEvent[] {
    const customer = this.pick([...this.world.customers.values()].filter(({ ownerId }) => ownerId));
    const activity = {
      id: this.id('follow-up'),
      kind: 'follow-up' as const,
      targetType: 'customer' as const,
      targetId: customer.id,
      customerId: customer.id,
      authorId: customer.ownerId!,
      createdAt: iso(now),
      method: this.pick(['call', 'visit', 'e-mail']),
    };
    return [demoEvent('activity', 'recorded', activity, now)];
  }

  private newCustomer(now: number): CloudEvent[] {
    const seller = this.seller();
    const customer = {
      id: this.id('customer'),
      name: `${this.pick(COMPANY_FIRST)} ${this.pick(COMPANY_SECOND)}`,
      ownerId: seller.id,
      creatorId: seller.id,
      createdAt: iso(now),
      dealStatus: 'not-deal' as const,
      industry: this.pick(['retail', 'medical', 'software', 'finance']),
      source: this.pick(['web', 'fair', 'recommendation']),
    };
    return [demoEvent('customer', 'created', customer, now)];
  }

  private newContact(now: number): CloudEvent[] {
    const customer = this.pick([...this.world.customers.values()].filter(({ ownerId }) => ownerId));
    const contact = {
      id: this.id('contact'),
      name: `${this.pick(FIRST_NAMES)} ${this.pick(LAST_NAMES)}`,
      customerId: customer.id,
      ownerId: customer.ownerId,
      creatorId: customer.ownerId!,
      createdAt: iso(now),
    };
    return [demoEvent('contact', 'created', contact, now)];
  }

  private newOpportunity(now: number): CloudEvent[] {
    const customer = this.pick([...this.world.customers.values()].filter(({ ownerId }) => ownerId));
    const product = this.pick([...this.world.products.values()]);
    const opportunity: Opportunity = {
      id: this.id('opportunity'),
      name: `${product.name} for ${customer.name}`,
      customerId: customer.id,
      ownerId: customer.ownerId,
      creatorId: customer.ownerId!,
      createdAt: iso(now),
      pipelineId: 'sales',
      stageId: 'prospecting',
      endState: 'open',
      amount: this.amount(),
      expectedDealOn: isoOf(this.zone.dayAt(now) + 30),
    };
    return [demoEvent('opportunity', 'created', opportunity, now)];
  }

  /** An open opportunity is won; its contract is approved soon after, and paid after that. */
  private win(now: number): CloudEvent[] {
    const opportunity = this.openOpportunity();
    if (!opportunity) return this.newOpportunity(now);
    const amount = toMinorExact(opportunity.amount) > 0n ? opportunity.amount : this.amount();
    const won: Opportunity = {
      ...opportunity,
      stageId: 'engaging',
      endState: 'won',
      amount,
      closedAt: iso(now),
    };
    this.soon(2, (later) => this.approve(won, later));
    return [demoEvent('opportunity', 'won', won, now)];
  }

  private lose(now: number): CloudEvent[] {
    const opportunity = this.openOpportunity();
    if (!opportunity) return this.followUp(now);
    const lost: Opportunity = { ...opportunity, endState: 'lost', closedAt: iso(now) };
    return [demoEvent('opportunity', 'lost', lost, now)];
  }

  private approve(won: Opportunity, now: number): CloudEvent[] {
    // One contract per opportunity: a demo started again wins some of the same ones.
    const id = `contract-${won.id}`;
    const contract: Contract = {
      id,
      number: id,
      name: won.name,
      customerId: won.customerId,
      opportunityId: won.id,
      ownerId: won.ownerId,
      orderDate: isoOf(this.zone.dayAt(now)),
      amount: won.amount,
      status: 'approved',
      lines: [{ productId: this.pick([...this.world.products.keys()]), quantity: '1', subtotal: won.amount }],
    };
    this.signed.push(id);
    this.soon(4, (later) => this.pay(id, later));
    const events = [demoEvent('contract', 'approved', contract, now)];
    const customer = this.world.customers.get(won.customerId ?? '');
    if (customer?.dealStatus === 'not-deal') {
      const deal = { ...customer, dealStatus: 'deal' as const, dealAt: iso(now) };
      events.push(demoEvent('customer', 'deal-made', deal, now));
    }
    return events;
  }

  private pay(contractId: string, now: number): CloudEvent[] {
    const contract = this.world.contracts.get(contractId);
    if (contract?.status !== 'approved') return this.followUp(now);
    const receivable = {
      id: this.id('payment'),
      contractId,
      ownerId: contract.ownerId,
      returnDate: isoOf(this.zone.dayAt(now)),
      amount: contract.amount,
      status: 'approved' as const,
    };
    return [demoEvent('receivable', 'approved', receivable, now)];
  }

  private trip(now: number): CloudEvent[] {
    const trip = {
      id: this.id('trip'),
      applicantId: this.seller().id,
      status: 'approved' as const,
      legs: [{ startsAt: iso(now) }],
    };
    return [demoEvent('business-trip', 'approved', trip, now)];
  }

  /** A customer goes to a colleague of the same team. */
  private transfer(now: number): CloudEvent[] {
    const customer = this.pick([...this.world.customers.values()].filter(({ ownerId }) => ownerId));
    const owner = this.world.employees.get(customer.ownerId!);
    const colleagues = this.world.sellers.filter(
      ({ id, managerId }) => managerId === owner?.managerId && id !== owner?.id,
    );
    if (colleagues.length === 0) return this.followUp(now);
    const moved = { ...customer, ownerId: this.pick(colleagues).id };
    return [demoEvent('customer', 'owner-changed', moved, now)];
  }

  private correct(now: number): CloudEvent[] {
    const contract = this.signedContract();
    if (!contract) return this.followUp(now);
    const amount = fromMinor((toMinorExact(contract.amount) * 9n) / 10n);
    const lines = contract.lines.map((line) => ({ ...line, subtotal: amount }));
    return [demoEvent('contract', 'amount-corrected', { ...contract, amount, lines }, now)];
  }

  private void(now: number): CloudEvent[] {
    const contract = this.signedContract();
    if (!contract) return this.followUp(now);
    return [demoEvent('contract', 'voided', { ...contract, status: 'void' }, now)];
  }

  private openOpportunity(): Opportunity | undefined {
    const open = [...this.world.opportunities.values()].filter(
      ({ endState, customerId }) => endState === 'open' && customerId,
    );
    return open.length === 0 ? undefined : this.pick(open);
  }

  private signedContract(): Contract | undefined {
    const effective = this.signed.filter((id) => this.world.contracts.get(id)?.status === 'approved');
    return effective.length === 0 ? undefined : this.world.contracts.get(this.pick(effective));
  }

  private seller(): Employee {
    return this.pick(this.world.sellers);
  }

  /** 200 to some 6,000, in whole units. */
  private amount(): string {
    return `${200 + Math.floor(this.random() ** 2 * 5_800)}.00`;
  }

  private soon(changes: number, change: Change): void {
    this.pending.push({ after: this.count + changes, change });
  }

  private id(kind: string): string {
    return `live-${this.run}-${kind}-${this.count}`;
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

const COMPANY_FIRST = [
  'Silverline',
  'Northgate',
  'Blue Harbor',
  'Oakfield',
  'Redwood',
  'Summit',
  'Clearwater',
  'Ironbridge',
];
const COMPANY_SECOND = ['Logistics', 'Foods', 'Systems', 'Energy', 'Textiles', 'Clinics', 'Media', 'Works'];
