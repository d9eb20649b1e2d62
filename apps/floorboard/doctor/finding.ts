/** What `floorboard doctor` has found, and how it says it. */

/** `warning`: it works, but not as it should for long. `problem`: something does not work. */
export type Outcome = 'ok' | 'warning' | 'problem';

export interface Finding {
  /** Settings, machine, folder, kafka, redis, clickhouse, server. */
  area: string;
  outcome: Outcome;
  /** What was found, in one line. */
  found: string;
  /** What to do about it; absent when it is fine. */
  todo?: string;
}

/** Findings of one area. */
export class Findings {
  readonly all: Finding[] = [];

  constructor(private readonly area: string) {}

  ok(found: string): void {
    this.all.push({ area: this.area, outcome: 'ok', found });
  }

  warning(found: string, todo: string): void {
    this.all.push({ area: this.area, outcome: 'warning', found, todo });
  }

  problem(found: string, todo: string): void {
    this.all.push({ area: this.area, outcome: 'problem', found, todo });
  }
}

/** Two clocks further apart than that show: a board changes its day at another moment than a report. */
const CLOCK_TOLERANCE_MS = 1_000;

/** A server's clock that was read between two instants of ours. */
export function compareClocks(
  findings: Findings,
  whose: string,
  clock: { theirs: number; from: number; to: number },
): void {
  const { theirs, from, to } = clock;
  const apart = theirs < from ? theirs - from : Math.max(0, theirs - to);
  if (Math.abs(apart) <= CLOCK_TOLERANCE_MS) {
    findings.ok(`its clock agrees with this machine's`);
    return;
  }
  const seconds = (Math.abs(apart) / 1000).toFixed(1);
  findings.warning(
    `${whose} clock is ${seconds} s ${apart > 0 ? 'ahead of' : 'behind'} this machine's`,
    'set both by NTP: ages of data are told wrongly, and days change at different moments',
  );
}

/** As in `1 tenant`, `2 tenants`. */
export const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

/** Whether a version, as `20.19.1`, is of this release or a newer one; what is behind the two numbers is not looked at. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ofVersion = 0, second = 0] = version.split('.').map(Number);
  return ofVersion > major || (ofVersion === major && second >= minor);
}
