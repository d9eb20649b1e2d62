/** Random dates and instants, thick where periods begin and end and where a local day turns. */
import {
  addDays,
  addMonths,
  dateAt,
  epochOf,
  firstDayOf,
  lastDayOf,
  mondayOf,
  monthOf,
  yearOf,
} from '../dates';
import type { Random } from './random';

export class Times {
  private readonly edges: string[];

  constructor(
    private readonly random: Random,
    readonly today: string,
    readonly timeZone: string,
  ) {
    this.edges = edgesAround(today);
  }

  date(): string {
    const { random } = this;
    if (random.chance(0.45)) return addDays(random.pick(this.edges), random.pick([-1, 0, 0, 0, 1]));
    // Most of the rest lies where the shorter presets look; a few lie years away.
    return addDays(this.today, random.chance(0.7) ? random.int(-60, 15) : random.int(-800, 400));
  }

  /** An instant, often within a second of local midnight, in any notation RFC 3339 has. */
  instant(): string {
    const { random } = this;
    const midnight = localMidnight(this.date(), this.timeZone);
    const offset = random.chance(0.6) ? random.pick([-1000, -1, 0, 0, 1, 999]) : random.int(0, 86_399_999);
    return this.notation(midnight + offset);
  }

  private notation(epoch: number): string {
    const { random } = this;
    const zone = random.pick([0, 0, 480, -300, 345]);
    const local = new Date(epoch + zone * 60_000).toISOString().slice(0, -1);
    const text = local.endsWith('.000') && random.chance(0.5) ? local.slice(0, -4) : local;
    return text + (zone === 0 ? 'Z' : offsetText(zone));
  }
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** Where the presets of a day, of the periods before it and of last year begin and end. */
function edgesAround(today: string): string[] {
  const month = monthOf(today);
  const year = yearOf(today);
  const monday = mondayOf(today);
  const months = [0, -1, -2, -3, -5, -11, -12, -13, 1].map((offset) => addMonths(month, offset));
  return [
    ...[0, 0, 0, -1, -2, -7, -8, -14, -15, -16, -30, -31, -60, -61, -90, -91, -180, -181, 1, 3].map((n) =>
      addDays(today, n),
    ),
    ...[0, 6, -7, -1, -14, -8].map((n) => addDays(monday, n)),
    ...months.flatMap((of) => [firstDayOf(of), lastDayOf(of)]),
    ...[year, year - 1, year - 2].flatMap((of) => [
      `${of}-01-01`,
      `${of}-06-30`,
      `${of}-07-01`,
      `${of}-12-31`,
    ]),
    lastDayOf(`${year}-02`),
  ];
}

/** Epoch milliseconds at which a local date begins. */
export function localMidnight(date: string, timeZone: string): number {
  const begun = (epoch: number): boolean => dateAt(epoch, timeZone) >= date;
  const noon = epochOf(`${date}T12:00:00Z`);
  let before = noon - 48 * 3_600_000;
  let after = noon + 48 * 3_600_000;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (begun(middle)) after = middle;
    else before = middle;
  }
  return after;
}
