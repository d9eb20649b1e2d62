/** The warehouse's end of the facts consumer, and its published position. */
import { Inject, Injectable } from '@nestjs/common';
import { TOPICS, type ChangeLog } from '#change-log';
import type { Counters } from '#counters';
import { CHANGE_LOG, COUNTERS, LOGGER, WAREHOUSE } from '#engines';
import { Watermarks } from '#pipeline';
import type { Logger } from '#platform';
import { FactsGatherer, FactsWriter, type Warehouse } from '#warehouse';
import { FACTS } from './names';

@Injectable()
export class FactsSink {
  /** Merges the batches of all partitions into few inserts. */
  readonly gatherer: FactsGatherer;
  readonly marks: Watermarks;

  constructor(
    @Inject(WAREHOUSE) warehouse: Warehouse,
    @Inject(CHANGE_LOG) log: ChangeLog,
    @Inject(COUNTERS) counters: Counters,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.gatherer = new FactsGatherer(new FactsWriter(warehouse));
    this.marks = new Watermarks(FACTS.group, TOPICS.events, log, counters, logger);
  }
}
