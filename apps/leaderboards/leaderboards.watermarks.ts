/** This consumer's position, published for freshness and status. */
import { Inject, Injectable } from '@nestjs/common';
import { TOPICS, type ChangeLog } from '#change-log';
import type { Counters } from '#counters';
import { CHANGE_LOG, COUNTERS, LOGGER } from '#engines';
import { Watermarks } from '#pipeline';
import type { Logger } from '#platform';
import { LEADERBOARDS } from './names';

@Injectable()
export class LeaderboardWatermarks {
  readonly marks: Watermarks;

  constructor(
    @Inject(CHANGE_LOG) log: ChangeLog,
    @Inject(COUNTERS) counters: Counters,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.marks = new Watermarks(LEADERBOARDS.group, TOPICS.events, log, counters, logger);
  }
}
