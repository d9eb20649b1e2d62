/** Which days a report is about (R5, section 4 of the metric catalogue). */
import {
  bucketsOf,
  civil,
  customPeriod,
  dayFrom,
  dayOf,
  isoOf,
  presetPeriod,
  yearPeriod,
  type Day,
  type Period,
  type Preset,
  type Range,
  type Zone,
} from '#calendar';
import { BadParameters, badParameter } from './errors';
import type { PeriodQuery } from './parameters';

/** The longest custom range. */
const MAX_YEARS = 10;

/** @throws BadParameters */
export function periodOf(query: PeriodQuery, standard: Preset, today: Day): Period {
  const { preset, from, to } = query;
  if (from === undefined && to === undefined) return presetPeriod(preset ?? standard, today);
  if (preset !== undefined) {
    const given = ['preset', ...(from === undefined ? [] : ['from']), ...(to === undefined ? [] : ['to'])];
    throw new BadParameters(
      given.map((parameter) => ({
        parameter,
        detail: 'is given beside another period: preset, or from and to',
      })),
    );
  }
  if (from === undefined) throw badParameter('from', 'is missing: a range needs from and to');
  if (to === undefined) throw badParameter('to', 'is missing: a range needs from and to');
  if (from > to) throw badParameter('from', 'lies after to');
  const first = dayOf(from);
  const { year, month, date } = civil(first);
  if (dayOf(to) > dayFrom(year + MAX_YEARS, month, date)) {
    throw badParameter('to', `lies more than ${MAX_YEARS} years after from`);
  }
  return customPeriod(first, dayOf(to));
}

/** @throws BadParameters when the year has not begun yet. */
export function yearOf(year: number | undefined, today: Day): Period {
  const current = civil(today).year;
  if (year !== undefined && year > current) throw badParameter('year', 'lies in the future');
  return yearPeriod(year ?? current);
}

/** A period as answers show it. */
export interface PeriodAnswer {
  preset?: Preset;
  from: string;
  to: string;
  bucket: 'day' | 'month';
  timeZone: string;
}

export const answerPeriod = ({ preset, from, to, bucket }: Period, zone: Zone): PeriodAnswer => ({
  ...(preset === undefined ? {} : { preset }),
  from: isoOf(from),
  to: isoOf(to),
  bucket,
  timeZone: zone.name,
});

/** The days of one bucket inside a period; null when it is none of its buckets. */
export function bucketRange(period: Period, key: string): Range | null {
  if (!bucketsOf(period, period.bucket).includes(key)) return null;
  if (period.bucket === 'day') return { from: dayOf(key), to: dayOf(key) };
  const first = dayOf(`${key}-01`);
  const { year, month } = civil(first);
  return {
    from: Math.max(first, period.from),
    to: Math.min(dayFrom(year, month + 1, 1) - 1, period.to),
  };
}
