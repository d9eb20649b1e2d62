/** The reports: one file each, the rules they share, and the records behind their numbers. */
export { leaderboardRows, runReport, type BoardPeriod } from './answer';
export { BadParameters, Forbidden, NotFound, UnknownReport, type ParameterProblem } from './errors';
export { REPORTS } from './registry';
export type { LeaderboardRow } from './ranking';
export type { AnyReport, Body, ReportAnswer, Values } from './report';
export type { ReportContext, ReportTenant } from './run';
export type { RawQuery } from './parameters';
export { Org, type EmployeeIdentity, type OrgDepartment, type OrgEmployee } from './org';
