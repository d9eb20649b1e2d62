/** The table of a run, one line per fault. */
import { isExact } from './check';
import type { Outcome, Round } from './runner';

const COLUMNS = [
  'fault',
  'injected',
  'accepted',
  'lost',
  'doubled',
  'drift',
  'recovery median',
  'worst',
] as const;

export function tableOf({
  rounds,
  set,
  seed,
  seconds,
  accepted,
  distinct,
  refused,
  final,
  ownEnds,
}: Outcome): string {
  const byFault = new Map<string, Round[]>();
  for (const round of rounds.filter(({ happened }) => happened)) {
    byFault.set(round.fault, [...(byFault.get(round.fault) ?? []), round]);
  }
  const lines = [...byFault].map(([fault, of]) => lineOf(fault, of));
  const missed = rounds.filter(({ happened }) => !happened).map(({ fault }) => fault);
  const ends = Object.entries(ownEnds).map(([name, times]) => `${name} ${times}`);
  return [
    `Faults on ${set} engines, seed ${seed}, ${seconds} s`,
    ...aligned([
      [...COLUMNS],
      ...lines,
      lineOf(
        'all',
        rounds.filter(({ happened }) => happened),
      ),
    ]),
    `At the end, every window, report, fact and dead letter: ${final.lost} lost, ${final.doubled} doubled, ${final.drift} drift`,
    `${accepted} events accepted (${distinct} distinct versions), ${refused} refused; ended by themselves: ${ends.join(', ')}`,
    ...(missed.length > 0 ? [`Not come to pass: ${missed.join('; ')}`] : []),
    ...rounds.flatMap(({ fault, findings }) =>
      findings.examples.slice(0, 5).map((text) => `! ${fault}: ${text}`),
    ),
    ...final.examples.slice(0, 10).map((text) => `! at the end: ${text}`),
  ].join('\n');
}

/** Whether nothing at all was wrong. */
export const isFlawless = ({ rounds, final, wrongAnswers }: Outcome): boolean =>
  rounds.every(({ findings, recoveryMs }) => isExact(findings) && recoveryMs !== null) &&
  isExact(final) &&
  wrongAnswers.length === 0;

function lineOf(fault: string, rounds: Round[]): string[] {
  const sum = (of: (round: Round) => number): string =>
    String(rounds.reduce((total, round) => total + of(round), 0));
  const times = rounds.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b);
  const seconds = (ms: number | undefined): string =>
    ms === undefined ? '-' : `${(ms / 1_000).toFixed(1)} s`;
  return [
    fault,
    String(rounds.length),
    sum(({ accepted }) => accepted),
    sum(({ findings }) => findings.lost),
    sum(({ findings }) => findings.doubled),
    sum(({ findings }) => findings.drift),
    seconds(times[times.length >> 1]),
    times.length < rounds.length ? 'never' : seconds(times.at(-1)),
  ];
}

function aligned(rows: string[][]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
