import { Module } from '@nestjs/common';
import { CounterRecovery } from './counter-recovery';
import { LeaderboardsConsumer } from './leaderboards.consumer';
import { LeaderboardWatermarks } from './leaderboards.watermarks';
import { Reconciliation } from './reconciliation';

/** The consumer that keeps the live counters. Needs the engines' module beside it. */
@Module({
  controllers: [LeaderboardsConsumer],
  providers: [CounterRecovery, LeaderboardWatermarks, Reconciliation],
  exports: [CounterRecovery, LeaderboardWatermarks, Reconciliation],
})
export class LeaderboardsModule {}
