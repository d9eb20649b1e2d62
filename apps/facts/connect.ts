/** Makes a Nest application the facts consumer: a microservice on the change log. */
import type { INestApplication } from '@nestjs/common';
import { ChangeLogServer, type ChangeLog } from '#change-log';
import { CHANGE_LOG, LIFECYCLE, LOGGER, METRICS, SETTINGS, WAREHOUSE } from '#engines';
import { measureBatch, observeConsumer } from '#pipeline';
import type { Lifecycle, Logger, Metrics, Settings } from '#platform';
import type { Warehouse } from '#warehouse';
import { FactsSink } from './facts.sink';
import { startHistoryRetention } from './history-retention';
import { FACTS } from './names';

/** The larger the blocks of rows, the less the warehouse has to do per row; four partitions fill two of them. */
const BATCH_RECORDS = 10_000;
/** Facts are gathered for longer than a fetch waits for these: a request for each few events would be for nothing. */
const FETCH_BYTES = 96 * 1024;

/** Call before `startAllMicroservices`. */
export function connectFacts(app: INestApplication): void {
  const lifecycle = app.get<Lifecycle>(LIFECYCLE);
  const logger = app.get<Logger>(LOGGER);
  const { marks } = app.get(FactsSink);
  const metrics = app.get<Metrics>(METRICS);
  observeConsumer(metrics, 'facts', marks);
  marks.start();
  lifecycle.add('drain', 'facts', () => marks.stop());
  const history = startHistoryRetention(
    app.get<Warehouse>(WAREHOUSE),
    app.get<Settings>(SETTINGS).FACTS_RETENTION_DAYS,
    logger,
  );
  lifecycle.add('drain', 'history', async () => history.stop());
  app.connectMicroservice({
    strategy: new ChangeLogServer({
      log: app.get<ChangeLog>(CHANGE_LOG),
      group: FACTS.group,
      transportId: FACTS.transport,
      maxBatchRecords: BATCH_RECORDS,
      minFetchBytes: FETCH_BYTES,
      onAssignment: (partitions) => {
        marks.assigned(partitions).catch((error: unknown) => logger.warn({ err: error }, 'no position yet'));
      },
      onHandled: (batch, tookMs) => measureBatch(metrics, 'facts', batch, tookMs),
      onError: (error, topic, partition) => {
        metrics.batchFailures.inc({ consumer: 'facts' });
        logger.warn({ err: error, topic, partition, consumer: 'facts' }, 'a batch will be tried again');
      },
      onFatal: (error) => lifecycle.fatal(error, 'the facts consumer cannot come back'),
    }),
  });
}
