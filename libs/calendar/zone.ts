/** Time zones: which calendar date an instant falls on, and where a date begins. */
import type { Day } from './day';

const MS_PER_DAY = 86_400_000;
/** Offsets change at quarter hours at the finest, so one look-up per quarter hour is exact. */
const SLOT_MS = 15 * 60_000;
const MAX_SLOTS = 200_000;

export class Zone {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();
  private readonly starts = new Map<Day, number>();

  /** @throws RangeError when the name is no IANA zone. */
  constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** The local calendar date of an instant (epoch milliseconds). */
  dayAt(ms: number): Day {
    return Math.floor((ms + this.offsetAt(ms)) / MS_PER_DAY);
  }

  /** The first instant of a local date, epoch milliseconds (not always midnight: a zone may skip it). */
  startOf(day: Day): number {
    const known = this.starts.get(day);
    if (known !== undefined) return known;
    let before = day * MS_PER_DAY - 16 * 3_600_000;
    let at = day * MS_PER_DAY + 16 * 3_600_000;
    while (at - before > 1) {
      const middle = Math.floor((before + at) / 2);
      if (this.dayAt(middle) < day) before = middle;
      else at = middle;
    }
    if (this.starts.size > MAX_SLOTS) this.starts.clear();
    this.starts.set(day, at);
    return at;
  }

  /** Local time minus UTC at an instant, milliseconds. */
  offsetAt(ms: number): number {
    const slot = Math.floor(ms / SLOT_MS);
    const known = this.offsets.get(slot);
    if (known !== undefined) return known;
    const start = slot * SLOT_MS;
    const part: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(start)) part[type] = Number(value);
    const local = Date.UTC(
      part['year'] ?? 0,
      (part['month'] ?? 1) - 1,
      part['day'],
      part['hour'],
      part['minute'],
      part['second'],
    );
    if (this.offsets.size > MAX_SLOTS) this.offsets.clear();
    this.offsets.set(slot, local - start);
    return local - start;
  }
}

const zones = new Map<string, Zone>();

/** The shared zone of a name. @throws RangeError when the name is no IANA zone. */
export function zoneNamed(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) zones.set(name, (zone = new Zone(name)));
  return zone;
}

/** Whether a name is an IANA zone this runtime knows. */
export function isZoneName(name: string): boolean {
  try {
    zoneNamed(name);
    return true;
  } catch {
    return false;
  }
}
