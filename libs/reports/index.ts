/** The reports: one file each, the rules they share, and the records behind their numbers. */
export { leaderboardRows, runReport, type BoardPeriod } from './answer';
export { BadParameters, Forbidden, NotFound, UnknownReport, type ParameterProblem } from './errors';
export { catalogue, type CatalogueEntry, type Label } from './catalogue';
export { handbook } from './handbook';
export { runRecords, runWholeRecords, type RecordsAnswer, type WholeRecords } from './records/answer';
export { closedAs } from './records/labels';
export type { RecordRow } from './records/rows';
export type { Asked, AskedScope } from './asked';
export { runWholeReport, type WholeReport } from './whole';
export { isKeyedInOrder, REPORTS } from './registry';
export { jsonInOrder, keysInOrder } from './in-order';
export type { Column, ColumnType, Names, Unit } from './columns';
export { LANGUAGES, type Language } from './parameters';
export { parametersOf, type ParameterInfo } from './parameter-list';
export type { LeaderboardRow } from './ranking';
export type { AnyReport, Body, ReportAnswer, Values } from './report';
export type { ReportContext, ReportTenant } from './run';
export { CatalogueQuery, LeaderboardQuery, parseQuery, type RawQuery } from './parameters';
export { answerPeriod, periodOf, type PeriodAnswer } from './period';
export {
  intersect,
  mustExist,
  permittedDepartments,
  permittedPeople,
  resolveScope,
  type IdSet,
  type Scope,
} from './scope';
export { Org, type EmployeeIdentity, type OrgDepartment, type OrgEmployee } from './org';
