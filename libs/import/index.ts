/** Importing records from CSV files by a declarative mapping. */
export { HttpSink, PublishError, type HttpSinkOptions } from './http-sink';
export { Importer, type ImportedEvent, type ImportSettings, type Outcome, type Refused } from './importer';
export { loadMapping, parseMapping, type Mapping } from './mapping';
export { MappingError, type MappingProblem } from './problems';
export { progressOn, type Progress } from './progress';
export { runImport, type EntityCount, type ImportSummary, type RunOptions } from './run';
export { LogSink, type EventSink, type RejectedEvent } from './sink';
export type { Value } from './scope';
