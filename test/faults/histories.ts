/** An endless load of change events: random histories of one organisation, and bad events among them. */
import type { CloudEvent } from '#crm';
import { isoOf, zoneNamed } from '#calendar';
import { Random, randomHistory, shuffledWithDuplicates } from '../model';

/** Versions by which one history is ahead of the one before; less than it is long, so that they interleave. */
const STEP = 500;
const DAY_MS = 86_400_000;

/** An event to be published, and whether it has to be refused. */
export interface Piece {
  event: CloudEvent;
  bad: boolean;
}

export class Histories {
  private turn = 0;
  private queue: Piece[] = [];
  private readonly random: Random;
  private readonly startedAt = Date.now() - 20 * DAY_MS;

  constructor(
    private readonly seed: number,
    private readonly timeZone: string,
  ) {
    this.random = new Random(seed);
  }

  take(count: number): Piece[] {
    while (this.queue.length < count) this.queue.push(...this.nextHistory());
    return this.queue.splice(0, count);
  }

  private nextHistory(): Piece[] {
    const turn = (this.turn += 1);
    const { random, timeZone } = this;
    const today = isoOf(zoneNamed(timeZone).dayAt(Date.now()));
    const startedAt = this.startedAt + turn * STEP * 1_000;
    const history = randomHistory(this.seed * 1_000 + turn, { timeZone, today, size: 30, startedAt });
    const events = history.events.map((event) => ({
      ...event,
      id: `h${turn}-${event.id}`,
      ...(event.sequence === undefined ? {} : { sequence: String(Number(event.sequence) + turn * STEP) }),
    }));
    return shuffledWithDuplicates(events, turn).flatMap((event, index) => {
      const pieces: Piece[] = [{ event, bad: false }];
      if (random.chance(0.03))
        pieces.push({ event: spoilt(event, `bad${turn}-${index}`, random), bad: true });
      if (random.chance(0.01)) pieces.push({ event: unheardOf(event, turn, index), bad: false });
      return pieces;
    });
  }
}

/** The same event with one thing wrong. */
function spoilt(event: CloudEvent, id: string, random: Random): CloudEvent {
  const wrong: Record<string, unknown>[] = [
    { specversion: '0.3' },
    { sequence: '12x' },
    { time: new Date(Date.now() + 3 * DAY_MS).toISOString() },
    { type: 'crm.nothing' },
    { subject: 'x'.repeat(65) },
    {
      type: 'crm.contract.updated',
      subject: 'k',
      sequence: '1',
      data: { id: 'k', name: 'A contract', amount: 'much' },
    },
  ];
  return { ...event, id, ...random.pick(wrong) };
}

/** An entity nobody knows: kept as a fact, counted nowhere. */
const unheardOf = (event: CloudEvent, turn: number, index: number): CloudEvent => ({
  ...event,
  id: `other${turn}-${index}`,
  type: 'crm.car-pool.updated',
  subject: `car-${index % 50}`,
  sequence: String(turn * STEP + index),
  source: 'https://crm.example/a',
  data: { id: `car-${index % 50}`, seats: index },
});
