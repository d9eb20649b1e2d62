export * from './port';
export { createEmbeddedChangeLog } from './embedded/engine';
export { inspectKafka, type KafkaFacts, type KafkaTopicFacts } from './kafka/inspect';
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
