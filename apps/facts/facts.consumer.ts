/**
 * Appends every change event to the warehouse, and sets aside what cannot be taken.
 */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  LogConsumer,
  TOPICS,
  type ChangeLog,
  type LogBatch,
  type LogRecord,
  type StoredRecord,
} from '#change-log';
import type { ControlStore } from '#control';
import { CHANGE_LOG, CONTROL, LOGGER, METRICS, TENANTS } from '#engines';
import { deadLetterOf, decodeInTurns, type DecodeContext, type Decoded } from '#pipeline';
import type { Logger, Metrics, Tenants } from '#platform';
import type { Fact, RefusedFact } from '#warehouse';
import { FactsSink } from './facts.sink';
import { FACTS } from './names';

@Controller()
export class FactsConsumer {
  private decoding: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(CONTROL) private readonly control: ControlStore,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly sink: FactsSink,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /**
   * Resolves when every record of the batch is in the warehouse or a dead letter; the log commits
   * after that. The leaderboards consumer skips what is set aside here, so each bad record becomes
   * one dead letter.
   */
  @LogConsumer(TOPICS.events, FACTS.transport)
  async handle(@Payload() batch: LogBatch): Promise<void> {
    this.sink.marks.working(batch);
    const letters = await this.store(batch);
    if (letters.length > 0) {
      this.logger.warn(
        { partition: batch.partition, count: letters.length },
        'records set aside as dead letters',
      );
      await this.log.append(TOPICS.deadLetters, letters);
      for (const { headers } of letters) this.metrics.setAside.inc({ reason: headers?.['reason'] ?? '' });
    }
    this.sink.marks.done(batch);
  }

  /**
   * Resolves when every record that can be taken is in the warehouse, with the dead letters of the others.
   * One batch is decoded at a time, so that the next one is while the rows of those before are written.
   */
  private async store(batch: LogBatch): Promise<LogRecord[]> {
    const letters: LogRecord[] = [];
    const writes: Promise<LogRecord[]>[] = [];
    await this.inTurn(() =>
      decodeInTurns(batch, this.context(), async ({ decoded, rejected }) => {
        for (const { record, reason, problems } of rejected) {
          letters.push(deadLetterOf(batch.topic, batch.partition, record, reason, problems));
        }
        if (decoded.length === 0) return;
        const records = decoded.map(({ record }) => record);
        const { written } = await this.sink.gatherer.take(factsOf(batch, decoded));
        const refused = written.then((found) => refusedLetters(batch, records, found));
        // Looked at below, when all are under way.
        refused.catch(() => undefined);
        writes.push(refused);
      }),
    );
    for (const outcome of await Promise.allSettled(writes)) {
      if (outcome.status === 'rejected') throw outcome.reason;
      letters.push(...outcome.value);
    }
    return letters;
  }

  private context(): DecodeContext {
    return {
      knowsTenant: (tenant) => this.tenants.has(tenant),
      now: Date.now(),
      isErased: (change) => this.control.erasures.covers(change),
    };
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.decoding.then(work);
    this.decoding = done.catch(() => undefined);
    return done;
  }
}

const factsOf = ({ partition }: LogBatch, decoded: readonly Decoded[]): Fact[] =>
  decoded.map(({ change, record }) => ({
    change,
    appendedAt: record.timestamp,
    partition,
    offset: record.offset,
    bytes: record.value,
  }));

function refusedLetters(
  { topic, partition }: LogBatch,
  records: readonly StoredRecord[],
  refused: readonly RefusedFact[],
): LogRecord[] {
  return refused.flatMap(({ index, reason }) => {
    const record = records[index];
    if (!record) return [];
    const problems = [{ pointer: '', detail: reason }];
    return [deadLetterOf(topic, partition, record, 'refused-by-warehouse', problems)];
  });
}
