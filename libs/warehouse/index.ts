/** The warehouse: every change as a fact, the newest state of every record, and queries over them. */
export { openWarehouse, type QueryOptions, type Warehouse, type WarehouseOptions } from './client';
export { dumpTables, loadTables } from './dump';
export { dropHistory, eraseRecord, versionsOf, type ErasedRecord } from './erase';
export {
  WarehouseError,
  WarehouseRefused,
  WarehouseTimeout,
  WarehouseTooNew,
  WarehouseUnavailable,
} from './errors';
export { FactsBlock, FactsWriter, type Fact, type RefusedFact } from './facts';
export { FactsGatherer, type GathererLimits } from './gatherer';
export {
  allEvents,
  countEvents,
  countRecords,
  latestEvents,
  tenantsIn,
  type HistoryFilter,
  type HistoryProgress,
  type KeptEvent,
  type RecordPosition,
} from './history';
export { migrate, pendingMigrations, readMigrations, type Migration } from './migrate';
export type { Parameters, ParameterValue, Settings } from './parameters';
export { Writes, type WriteCounts } from './writes';
