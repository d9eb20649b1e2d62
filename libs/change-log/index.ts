export * from './port';
export { createEmbeddedChangeLog } from './embedded/engine';
export { partitionOf } from './partition';
export { openChangeLog, type ChangeLogConfig, type KafkaAccess } from './open';
export {
  BatchErrorFilter,
  ChangeLogServer,
  LogConsumer,
  LogContext,
  type ChangeLogServerEvents,
  type ChangeLogServerOptions,
  type ChangeLogStatus,
} from './transport';
