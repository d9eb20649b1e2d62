/**
 * The parameters of reports, one class per set: what a report does not declare is refused, and every
 * wrong value is reported with the name of its parameter.
 */
import { plainToInstance, Transform } from 'class-transformer';
import {
  getMetadataStorage,
  IsIn,
  IsInt,
  IsOptional,
  Max,
  Min,
  ValidateBy,
  validateSync,
  type ValidationError,
} from 'class-validator';
import { PRESETS, type Preset } from '#calendar';
import { isDate, isText } from '#crm';
import { TARGET_METRICS, type TargetMetric } from '#metrics';
import { BadParameters, type ParameterProblem } from './errors';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const SCOPES = ['self', 'self-and-subordinates', 'department', 'department-tree'] as const;
export type ScopeName = (typeof SCOPES)[number];
export const CARD_BOARDS = [
  'rank-receivable-amount',
  'rank-contract-amount',
  'rank-contract-count',
  'rank-new-customers',
  'rank-new-contacts',
  'rank-follow-ups',
] as const;
export const MAX_LIMIT = 1000;
export const DEFAULT_LIMIT = 50;

const combine =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, property) =>
    decorators.forEach((decorate) => decorate(target, property));

const check = (name: string, validate: (value: unknown) => boolean, message: string): PropertyDecorator =>
  combine(IsOptional(), ValidateBy({ name, validator: { validate, defaultMessage: () => message } }));

const OneOf = (values: readonly string[]): PropertyDecorator =>
  combine(IsOptional(), IsIn(values, { message: `must be one of ${values.join(', ')}` }));

/** Presets and comparisons reach two years back and one on, within the dates that records can have. */
const EARLIEST_TODAY = '1903-01-01';
const LATEST_TODAY = '2297-12-31';

const IsDay = (): PropertyDecorator =>
  check('isDay', (value) => typeof value === 'string' && isDate(value), 'must be a date as YYYY-MM-DD');

const IsToday = (): PropertyDecorator =>
  check(
    'isToday',
    (value) => typeof value === 'string' && isDate(value) && value >= EARLIEST_TODAY && value <= LATEST_TODAY,
    `must be a date as YYYY-MM-DD, from ${EARLIEST_TODAY} to ${LATEST_TODAY}`,
  );

const isIdText = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && isText(value) && [...value].length <= 64;

const IsRecordId = (): PropertyDecorator => check('isId', isIdText, 'must be an id of 1 to 64 characters');

const IsShortText = (): PropertyDecorator =>
  check(
    'isShortText',
    (value) => typeof value === 'string' && value !== '' && isText(value) && [...value].length <= 512,
    'must be a text of 1 to 512 characters',
  );

const WHOLE = /^-?\d{1,9}$/;

const IsWhole = (minimum: number, maximum: number): PropertyDecorator => {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return combine(
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && WHOLE.test(value) ? Number(value) : value,
    ),
    IsInt({ message }),
    Min(minimum, { message }),
    Max(maximum, { message }),
  );
};

export class BaseQuery {
  /** Evaluates the whole report as of this day. */
  @IsToday() today?: string;
  @OneOf(LANGUAGES) lang?: Language;
  /** How the answer is written; the business of whoever writes it. */
  @OneOf(['json', 'csv', 'xlsx']) format?: 'json' | 'csv' | 'xlsx';
}

/** The catalogue's. */
export class CatalogueQuery {
  @OneOf(LANGUAGES) lang?: Language;
}

export class PeriodQuery extends BaseQuery {
  @OneOf(PRESETS) preset?: Preset;
  @IsDay() from?: string;
  @IsDay() to?: string;
}

/** Period and scope: the common filters of analysis and dashboard ("std"). */
export class StandardQuery extends PeriodQuery {
  @IsRecordId() departmentId?: string;
  @IsRecordId() employeeId?: string;
  @OneOf(SCOPES) scope?: ScopeName;
}

/** Scope without a period. */
export class ScopeQuery extends BaseQuery {
  @IsRecordId() departmentId?: string;
  @IsRecordId() employeeId?: string;
  @OneOf(SCOPES) scope?: ScopeName;
}

export class YearQuery extends ScopeQuery {
  @IsWhole(1901, 2298) year?: number;
}

export class PipelineQuery extends StandardQuery {
  @IsRecordId() pipelineId?: string;
}

export class CategoryQuery extends StandardQuery {
  @IsRecordId() categoryId?: string;
}

export class PagedQuery extends StandardQuery {
  @IsWhole(1, MAX_LIMIT) limit?: number;
  @IsWhole(0, 999_999_999) offset?: number;
}

export class PagedCategoryQuery extends PagedQuery {
  @IsRecordId() categoryId?: string;
}

export class TargetQuery extends StandardQuery {
  @OneOf(Object.keys(TARGET_METRICS)) metric?: TargetMetric;
}

export class GoalQuery extends BaseQuery {
  @IsWhole(1901, 2298) year?: number;
  @OneOf(Object.keys(TARGET_METRICS)) metric?: TargetMetric;
  @OneOf(['department', 'employee']) subjectType?: 'department' | 'employee';
  @IsRecordId() departmentId?: string;
  @IsRecordId() employeeId?: string;
}

/** A leaderboard's: period and a department with its sub-departments. */
export class BoardQuery extends PeriodQuery {
  @IsRecordId() departmentId?: string;
  @IsWhole(1, MAX_LIMIT) limit?: number;
}

/** The same as a live board takes it: with the rows around one employee. */
export class LeaderboardQuery extends BoardQuery {
  @IsRecordId() around?: string;
}

export class BoardCardQuery extends BoardQuery {
  @OneOf(CARD_BOARDS) metric?: (typeof CARD_BOARDS)[number];
}

export type QueryClass<Q extends BaseQuery = BaseQuery> = new () => Q;

/** What the records of a cell are asked for by, beside the report's own parameters. */
export interface CellQuery {
  column?: string;
  bucket?: string;
  row?: string;
  search?: string;
  limit?: number;
  offset?: number;
}

/** The parameters of a report's records: its own, the cell and the page. */
export function recordsQueryOf<Q extends BaseQuery>(Base: QueryClass<Q>): QueryClass<Q & CellQuery> {
  class RecordsQuery extends (Base as QueryClass) {
    @IsShortText() column?: string;
    @IsShortText() bucket?: string;
    @IsShortText() row?: string;
    /** Part of a customer's name, mobile or phone. */
    @IsShortText() search?: string;
    @IsWhole(1, MAX_LIMIT) limit?: number;
    @IsWhole(0, 999_999_999) offset?: number;
  }
  return RecordsQuery as QueryClass<Q & CellQuery>;
}

export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Names of the parameters that a class declares. */
export function declaredParameters(Class: QueryClass): ReadonlySet<string> {
  const declared = getMetadataStorage().getTargetValidationMetadatas(Class, '', false, false);
  return new Set(declared.map(({ propertyName }) => propertyName));
}

/** @throws BadParameters naming every parameter that is unknown, repeated or wrong. */
export function parseQuery<Q extends object>(Class: new () => Q, query: RawQuery): Q {
  const declared = declaredParameters(Class);
  const problems: ParameterProblem[] = [];
  const values: Record<string, string> = {};
  for (const [parameter, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (!declared.has(parameter)) problems.push({ parameter, detail: 'is no parameter of this report' });
    else if (typeof value === 'string') values[parameter] = value;
    else problems.push({ parameter, detail: 'must be given once' });
  }
  const parsed = plainToInstance(Class, values);
  problems.push(...validateSync(parsed).map(problemOf));
  if (problems.length > 0) throw new BadParameters(problems);
  return parsed;
}

const problemOf = ({ property, constraints }: ValidationError): ParameterProblem => ({
  parameter: property,
  detail: Object.values(constraints ?? {})[0] ?? 'is wrong',
});
