/**
 * Publishes without pause, over HTTP in all three modes and, on Kafka, straight into the topic; what is
 * not accepted is sent again until it is, as a careful sender does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { CloudEvent } from '#crm';
import { TOPICS } from '#change-log';
import { Random } from '../model';
import type { Histories, Piece } from './histories';
import type { Ledger } from './ledger';
import type { Plant } from './plant';

const SENDERS = 3;
/** Pause of a sender after a request, milliseconds: some hundred events a second in all. */
const PAUSE_MS = 150;
/** A sender that is not heard for so long gives up: the intake has not come back. */
const PATIENCE_MS = 180_000;

interface Answer {
  accepted?: number;
  rejected?: { index: number; id: string | null; errors: unknown[] }[];
}

export class Load {
  private stopping = false;
  private senders: Promise<void>[] = [];
  private producer: Producer | null = null;
  private readonly random: Random;
  /** When the last request was accepted, epoch milliseconds. */
  lastAccepted = 0;

  constructor(
    private readonly plant: Plant,
    private readonly histories: Histories,
    private readonly ledger: Ledger,
    seed: number,
  ) {
    this.random = new Random(seed + 1);
  }

  start(): void {
    this.stopping = false;
    this.senders = Array.from({ length: SENDERS }, () => this.keepSending((pieces) => this.sendHttp(pieces)));
    if (this.plant.set === 'servers') this.senders.push(this.keepSending((pieces) => this.sendKafka(pieces)));
  }

  /** Resolves when everything taken up has been accepted or refused. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.senders);
    this.senders = [];
  }

  async close(): Promise<void> {
    await this.stop();
    await this.producer?.disconnect();
    this.producer = null;
  }

  /** Publishes these once more, in another order. */
  async again(events: CloudEvent[]): Promise<void> {
    const pieces = this.random.shuffled(events).map((event) => ({ event, bad: false }));
    for (let at = 0; at < pieces.length; at += 1_000) await this.sendBatch(pieces.slice(at, at + 1_000));
  }

  private async keepSending(send: (pieces: Piece[]) => Promise<void>): Promise<void> {
    while (!this.stopping) {
      const count = this.random.chance(0.2) ? 1 : this.random.int(2, 120);
      await send(this.histories.take(count));
      this.lastAccepted = Date.now();
      await sleep(this.random.int(0, 2 * PAUSE_MS));
    }
  }

  private async sendHttp(pieces: Piece[]): Promise<void> {
    const [first] = pieces;
    if (pieces.length > 1 || !first) return this.sendBatch(pieces);
    const { event } = first;
    const answer =
      this.random.chance(0.5) || first.bad
        ? await this.post('application/cloudevents+json', JSON.stringify(event))
        : await this.post('application/json', binaryBody(event), binaryHeaders(event));
    this.note(pieces, answer);
  }

  private async sendBatch(pieces: Piece[]): Promise<void> {
    const body = JSON.stringify(pieces.map(({ event }) => event));
    this.note(pieces, await this.post('application/cloudevents-batch+json', body));
  }

  /** Posts until it is answered 202, or 400 with the events refused. */
  private async post(type: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
    const deadline = Date.now() + PATIENCE_MS;
    let last = '';
    while (Date.now() < deadline) {
      try {
        const response = await fetch(`${this.plant.ingestUrl}/v1/events`, {
          method: 'POST',
          headers: { 'content-type': type, ...headers },
          body,
          signal: AbortSignal.timeout(30_000),
        });
        last = await response.text();
        if (response.status === 202) return JSON.parse(last) as Answer;
        if (response.status === 400) return { accepted: 0, ...(JSON.parse(last) as Answer) };
      } catch (error) {
        last = String(error);
      }
      await sleep(200);
    }
    throw new Error(`not accepted within ${PATIENCE_MS} ms: ${last}`);
  }

  private note(pieces: Piece[], { accepted, rejected = [] }: Answer): void {
    const good = pieces.filter(({ bad }) => !bad).map(({ event }) => event);
    const bad = pieces.filter((piece) => piece.bad);
    const named = new Set(rejected.map(({ id }) => id));
    const right =
      accepted === good.length &&
      rejected.length === bad.length &&
      bad.every(({ event }) => named.has(event.id));
    if (!right) {
      this.ledger.wrongAnswers.push(
        JSON.stringify({ good: good.length, bad: bad.length, accepted, rejected }),
      );
    }
    this.ledger.accept(good);
    for (const { event } of bad) this.ledger.refused.push({ value: JSON.stringify(event), by: 'http' });
  }

  private async sendKafka(pieces: Piece[]): Promise<void> {
    const messages = pieces.map(({ event, bad }) => ({
      value: kafkaValue(event, bad),
      key: `default/${event.type.split('.')[1]}/${event.subject}`,
      headers: { 'content-type': 'application/cloudevents+json' },
    }));
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        this.producer ??= await this.connect();
        const producer = this.producer;
        await producer.send({ topic: TOPICS.events, acks: -1, messages });
        break;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await this.producer?.disconnect().catch(() => undefined);
        this.producer = null;
        await sleep(500);
      }
    }
    for (const [index, { event, bad }] of pieces.entries()) {
      if (!bad) this.ledger.accept([event]);
      else this.ledger.refused.push({ value: messages[index]?.value ?? '', by: 'kafka' });
    }
  }

  private async connect(): Promise<Producer> {
    const kafka = new Kafka({
      clientId: 'a-crm',
      brokers: [this.plant.brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 3_000,
      retry: { initialRetryTime: 200, retries: 3 },
    });
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return producer;
  }
}

/** A bad event comes as it is, of an unknown tenant, or cut off. */
function kafkaValue(event: CloudEvent, bad: boolean): string {
  const text = JSON.stringify({ tenantid: 'default', ...event });
  if (!bad) return text;
  const kinds = [text, JSON.stringify({ ...event, tenantid: 'nobody' }), text.slice(0, -2)];
  return kinds[Number(event.id.at(-1)) % kinds.length] ?? text;
}

const binaryBody = (event: CloudEvent): string =>
  event.data === undefined ? '' : JSON.stringify(event.data);

/** The attributes as headers, percent-encoded as the HTTP binding says. */
function binaryHeaders({ data: _, datacontenttype: __, ...attributes }: CloudEvent): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(String(value))]),
  );
}
