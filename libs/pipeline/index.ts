/** Between the log and its sinks: the consumers' edge, dead letters, positions. */
export * from './calendar-note';
export * from './consumer-metrics';
export * from './dead-letters';
export * from './decode';
export * from './groups';
export * from './rebuild-metrics';
export * from './rebuild-status';
export * from './reconciliation-metrics';
export * from './reconciliation-status';
export * from './watermarks';
