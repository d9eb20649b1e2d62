/**
 * Appends every change event to the warehouse, and sets aside what cannot be taken.
 */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { LogConsumer, TOPICS, type ChangeLog, type LogBatch, type LogRecord } from '#change-log';
import type { ControlStore } from '#control';
import { CHANGE_LOG, CONTROL, LOGGER, METRICS, TENANTS } from '#engines';
import { deadLetterOf, decodeBatch, type Decoded } from '#pipeline';
import type { Logger, Metrics, Tenants } from '#platform';
import type { RefusedFact } from '#warehouse';
import { FactsSink } from './facts.sink';
import { FACTS } from './names';

@Controller()
export class FactsConsumer {
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
    const { decoded, rejected } = decodeBatch(
      batch,
      (tenant) => this.tenants.has(tenant),
      Date.now(),
      (change) => this.control.erasures.covers(change),
    );
    const letters = rejected.map(({ record, reason, problems }) =>
      deadLetterOf(batch.topic, batch.partition, record, reason, problems),
    );
    if (decoded.length > 0) {
      const facts = decoded.map(({ change, record }) => ({
        change,
        appendedAt: record.timestamp,
        partition: batch.partition,
        offset: record.offset,
      }));
      letters.push(...this.refusedLetters(batch, decoded, await this.sink.gatherer.write(facts)));
    }
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

  private refusedLetters(batch: LogBatch, decoded: Decoded[], refused: RefusedFact[]): LogRecord[] {
    return refused.flatMap(({ index, reason }) => {
      const entry = decoded[index];
      if (!entry) return [];
      const problems = [{ pointer: '', detail: reason }];
      return [deadLetterOf(batch.topic, batch.partition, entry.record, 'refused-by-warehouse', problems)];
    });
  }
}
