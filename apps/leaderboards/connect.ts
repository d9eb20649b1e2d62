/** Makes a Nest application the leaderboards consumer: a microservice on the change log. */
import type { INestApplication } from '@nestjs/common';
import { ChangeLogServer, type ChangeLog } from '#change-log';
import type { Counters } from '#counters';
import { CHANGE_LOG, COUNTERS, LIFECYCLE, LOGGER, METRICS } from '#engines';
import { measureBatch, observeConsumer, observeRebuild, observeReconciliation } from '#pipeline';
import type { Lifecycle, Logger, Metrics } from '#platform';
import { CounterRecovery } from './counter-recovery';
import { LeaderboardWatermarks } from './leaderboards.watermarks';
import { LEADERBOARDS } from './names';
import { Reconciliation } from './reconciliation';

/** Call before `startAllMicroservices`: the counters must know their place before the first batch. */
export async function connectLeaderboards(app: INestApplication): Promise<void> {
  const lifecycle = app.get<Lifecycle>(LIFECYCLE);
  const logger = app.get<Logger>(LOGGER);
  const recovery = app.get(CounterRecovery);
  const { marks } = app.get(LeaderboardWatermarks);
  const reconciliation = app.get(Reconciliation);
  await recovery.prepare();
  const metrics = app.get<Metrics>(METRICS);
  observeConsumer(metrics, 'leaderboards', marks);
  const counters = app.get<Counters>(COUNTERS);
  observeRebuild(metrics, counters);
  observeReconciliation(metrics, counters);
  marks.start();
  reconciliation.start();
  lifecycle.add('drain', 'leaderboards', async () => {
    await reconciliation.stop();
    await recovery.stop();
    await marks.stop();
  });
  app.connectMicroservice({
    strategy: new ChangeLogServer({
      log: app.get<ChangeLog>(CHANGE_LOG),
      group: LEADERBOARDS.group,
      transportId: LEADERBOARDS.transport,
      onAssignment: (partitions) => {
        recovery.assigned(partitions);
        marks.assigned(partitions).catch((error: unknown) => logger.warn({ err: error }, 'no position yet'));
      },
      onHandled: (batch, tookMs) => measureBatch(metrics, 'leaderboards', batch, tookMs),
      onError: (error, topic, partition) => {
        metrics.batchFailures.inc({ consumer: 'leaderboards' });
        logger.warn(
          { err: error, topic, partition, consumer: 'leaderboards' },
          'a batch will be tried again',
        );
      },
      onFatal: (error) => lifecycle.fatal(error, 'the leaderboards consumer cannot come back'),
    }),
  });
}
