/** Sends new contracts as fast as they are taken, and knows what was accepted to the cent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isoOf, zoneNamed } from '#calendar';
import type { CloudEvent } from '#crm';
import { upsert } from '../support/events';

const BATCH = 500;
const SENDERS = 2;
const EMPLOYEES = 40;
/** Before the same is sent again where there was no answer. */
const AGAIN_MS = 500;

const employeeOf = (index: number): string => `e${index % EMPLOYEES}`;

export class FullLoad {
  accepted = 0;
  /** Of everything accepted, in cents. */
  cents = 0;
  /** Answers by status; `none` where the connection broke. */
  readonly answers = new Map<string, number>();
  /** When the first request was turned away, and what it was told. */
  turnedAway: { at: number; retryAfter: string | null } | null = null;
  private next = 0;
  private stopping = false;
  private senders: Promise<void>[] = [];
  private readonly today: string;

  constructor(
    private readonly url: string,
    timeZone: string,
  ) {
    this.today = isoOf(zoneNamed(timeZone).dayAt(Date.now()));
  }

  async start(): Promise<void> {
    const employees = Array.from({ length: EMPLOYEES }, (_, index) =>
      upsert('employee', { id: employeeOf(index), name: `Agent ${index}`, status: 'active' }),
    );
    await this.send(employees);
    this.accepted -= employees.length;
    this.senders = Array.from({ length: SENDERS }, () => this.keepSending());
  }

  /** Resolves when what was taken up is accepted. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.senders);
  }

  private async keepSending(): Promise<void> {
    while (!this.stopping) {
      const events = Array.from({ length: BATCH }, () => this.contract(this.next++));
      await this.send(events);
      this.cents += events.reduce((sum, { data }) => sum + centsOf(data as { amount: string }), 0);
    }
  }

  private contract(index: number): CloudEvent {
    return upsert(
      'contract',
      {
        id: `k${index}`,
        number: `N-${index}`,
        name: 'Desks',
        ownerId: employeeOf(index),
        orderDate: this.today,
        amount: `${(index % 997) + 1}.25`,
        status: 'approved',
        lines: [],
      },
      { sequence: '1' },
    );
  }

  /** The same again until it is accepted, however long that takes. */
  private async send(events: CloudEvent[]): Promise<void> {
    for (;;) {
      const wait = await this.attempt(events);
      if (wait === null) return;
      await sleep(wait);
    }
  }

  /** Null when it was accepted, else the milliseconds to wait. */
  private async attempt(events: CloudEvent[]): Promise<number | null> {
    try {
      const answer = await fetch(`${this.url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(events),
      });
      const { accepted = 0 } = (await answer.json()) as { accepted?: number };
      this.count(String(answer.status));
      if (answer.status === 202) {
        if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} were accepted`);
        this.accepted += accepted;
        return null;
      }
      const retryAfter = answer.headers.get('retry-after');
      if (answer.status === 429) this.turnedAway ??= { at: Date.now(), retryAfter };
      return retryAfter === null ? AGAIN_MS : Number(retryAfter) * 1_000;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.count('none');
      return AGAIN_MS;
    }
  }

  private count(status: string): void {
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
  }
}

const centsOf = ({ amount }: { amount: string }): number => Math.round(Number(amount) * 100);
