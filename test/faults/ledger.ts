/** What was accepted and what was refused: the oracle of a run. */
import { createHash } from 'node:crypto';
import type { CloudEvent } from '#crm';
import { World } from '../model';

/** An event that has to be a dead letter. */
export interface Refused {
  /** The bytes that were sent. */
  value: string;
  by: 'http' | 'kafka';
}

export class Ledger {
  readonly world = new World();
  /** Events accepted, sent again ones too. */
  accepted = 0;
  /** `entity/id/version` of every version accepted. */
  readonly versions = new Set<string>();
  readonly refused: Refused[] = [];
  /** Answers that were wrong: good events refused, bad ones taken. */
  readonly wrongAnswers: string[] = [];
  /** Every distinct event accepted, for publishing it once more. */
  readonly events = new Map<string, CloudEvent>();

  accept(events: readonly CloudEvent[]): void {
    for (const event of events) {
      this.accepted += 1;
      this.versions.add(versionKey(event));
      this.events.set(event.id, event);
      this.world.applyEvent(event);
    }
  }
}

/** The key of a version in `change_events`: the sequence, or the time in microseconds, then the tie. */
export function versionKey(event: CloudEvent): string {
  const entity = event.type.split('.')[1] ?? '';
  const sequence =
    event.sequence === undefined ? BigInt(Date.parse(event.time)) * 1_000n : BigInt(event.sequence);
  const tie = createHash('sha256').update(`${event.source}\0${event.id}`).digest('hex').slice(0, 16);
  return `${entity}/${event.subject}/${(sequence << 64n) | BigInt(`0x${tie}`)}`;
}
