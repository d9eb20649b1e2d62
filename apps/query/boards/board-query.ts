/** The parameters of a leaderboard, checked. */
import { plainToInstance } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { dayOf, presetPeriod, customPeriod, PRESETS, type Day, type Period, type Preset } from '#calendar';
import { isDate } from '#crm';
import { badParameter, badRequest, type Tenant } from '#platform';
import { validated } from '../validated';

const ID = /^[\s\S]{1,64}$/u;
const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 10;
const MAX_YEARS = 10;

class BoardParameters {
  @IsOptional()
  @IsIn(PRESETS)
  preset?: Preset;

  @IsOptional()
  @Matches(/^\d{4}-\d\d-\d\d$/, { message: 'must be a date YYYY-MM-DD' })
  from?: string;

  @IsOptional()
  @Matches(/^\d{4}-\d\d-\d\d$/, { message: 'must be a date YYYY-MM-DD' })
  to?: string;

  @IsOptional()
  @Matches(/^\d{4}-\d\d-\d\d$/, { message: 'must be a date YYYY-MM-DD' })
  today?: string;

  @IsOptional()
  @Matches(ID, { message: 'must have 1 to 64 characters' })
  departmentId?: string;

  @IsOptional()
  @Matches(/^\d{1,4}$/, { message: `must be a whole number from 1 to ${MAX_LIMIT}` })
  limit?: string;

  @IsOptional()
  @Matches(ID, { message: 'must have 1 to 64 characters' })
  around?: string;
}

export interface BoardQuery {
  period: Period;
  /** The day everything is seen from. */
  today: Day;
  departmentId?: string;
  limit: number;
  around?: string;
}

/** @throws ProblemError 400 naming every wrong parameter. */
export function parseBoardQuery(query: Record<string, unknown>, tenant: Tenant): BoardQuery {
  const given = validated(plainToInstance(BoardParameters, query));
  for (const name of ['from', 'to', 'today'] as const) {
    if (given[name] !== undefined && !isDate(given[name]))
      throw badParameter(name, 'is no date of the calendar');
  }
  const today = given.today === undefined ? tenant.zone.dayAt(Date.now()) : dayOf(given.today);
  const limit = given.limit === undefined ? DEFAULT_LIMIT : Number(given.limit);
  if (limit < 1 || limit > MAX_LIMIT)
    throw badParameter('limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
  return {
    period: periodOf(given, today),
    today,
    departmentId: given.departmentId,
    limit,
    around: given.around,
  };
}

function periodOf({ preset, from, to }: BoardParameters, today: Day): Period {
  if (from === undefined && to === undefined) return presetPeriod(preset ?? 'year', today);
  if (preset !== undefined) {
    throw badRequest('Give either preset or from and to.', [
      { parameter: 'preset', detail: 'cannot stand beside from and to' },
    ]);
  }
  if (from === undefined) throw badParameter('from', 'is missing beside to');
  if (to === undefined) throw badParameter('to', 'is missing beside from');
  if (from > to) throw badParameter('from', 'lies after to');
  if (Number(to.slice(0, 4)) - Number(from.slice(0, 4)) > MAX_YEARS) {
    throw badParameter('to', `lies more than ${MAX_YEARS} years after from`);
  }
  return customPeriod(dayOf(from), dayOf(to));
}
