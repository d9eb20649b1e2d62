/** The goals of a year as a grid of amounts, with every change undoable until it is saved. */
import { grouped } from '../api/grouped';
import type { Goal } from '../api/types';
import { fromMinor, minor } from '../i18n/numbers';

export const MONTHS = Array.from({ length: 12 }, (_, index) => index);

export interface Subject {
  id: string;
  name: string | null;
}

export interface GoalLine {
  subject: Subject;
  /** The one goal to write to; null where there is none yet. */
  goalId: string | null;
  /** How many goals add up here; a line of several is looked at only. */
  goals: number;
  /** Twelve amounts as decimal strings. */
  months: string[];
}

/** One line for each subject, those with a goal but without a name last, by id. */
export function linesOf(subjects: readonly Subject[], goals: readonly Goal[]): GoalLine[] {
  const bySubject = grouped(goals, ({ subjectId }) => subjectId);
  const known = new Set(subjects.map(({ id }) => id));
  const others = [...bySubject.keys()].filter((id) => !known.has(id)).sort();
  return [...subjects, ...others.map((id) => ({ id, name: null }))].map((subject) => {
    const own = bySubject.get(subject.id) ?? [];
    return {
      subject,
      goalId: own.length === 1 ? (own[0]?.id ?? null) : null,
      goals: own.length,
      months: MONTHS.map((month) =>
        fromMinor(own.reduce((sum, goal) => sum + minor(goal.months[month] ?? '0'), 0n)),
      ),
    };
  });
}

const AMOUNT = /^-?\d{1,13}(\.\d{1,2})?$/;

/** An amount as people and spreadsheets write it, `1,234.5`, `￥1 234`, as a decimal string; null if it is none. */
export function amountOf(text: string): string | null {
  const plain = text
    .trim()
    .replace(/^[¥￥$€]\s*/, '')
    .replace(/[,，\s\u00a0]/g, '');
  if (plain === '') return '0.00';
  return AMOUNT.test(plain) ? fromMinor(minor(plain)) : null;
}

/** Cells of copied text: lines, and tabs within them. */
export const cellsOf = (text: string): string[][] =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));

export interface Edit {
  line: number;
  month: number;
  value: string;
}

/** The edits a paste at a cell means; what falls outside the grid is left out. Null names the first bad cell. */
export function pasted(
  text: string,
  at: { line: number; month: number },
  lines: number,
): { edits: Edit[] } | { bad: string } {
  const edits: Edit[] = [];
  for (const [down, cells] of cellsOf(text).entries()) {
    for (const [right, cell] of cells.entries()) {
      const [line, month] = [at.line + down, at.month + right];
      if (line >= lines || month > 11) continue;
      const value = amountOf(cell);
      if (value === null) return { bad: cell };
      edits.push({ line, month, value });
    }
  }
  return { edits };
}

/** The lines after edits; untouched lines stay the same objects. */
export function edited(lines: readonly GoalLine[], edits: readonly Edit[]): GoalLine[] {
  const byLine = grouped(edits, ({ line }) => line);
  return lines.map((line, index) => {
    const own = byLine.get(index);
    if (!own || line.goals > 1) return line;
    const months = [...line.months];
    for (const { month, value } of own) months[month] = value;
    return { ...line, months };
  });
}

export const sumOf = (amounts: readonly string[]): string =>
  fromMinor(amounts.reduce((sum, amount) => sum + minor(amount), 0n));

/** Lines that differ from those read. */
export const changedLines = (before: readonly GoalLine[], now: readonly GoalLine[]): GoalLine[] =>
  now.filter((line, index) => before[index]?.months.join() !== line.months.join());

/** How many cells differ. */
export const changedCells = (before: readonly GoalLine[], now: readonly GoalLine[]): number =>
  now.reduce(
    (sum, line, index) =>
      sum + line.months.filter((value, month) => value !== before[index]?.months[month]).length,
    0,
  );

const MAX_ID = 64;

/** The id of a new goal: the same for the same question, so that two people make one goal and not two. */
export function goalIdFor(year: number, metric: string, subjectType: string, subjectId: string): string {
  const id = `${year}-${metric}-${subjectType}-${subjectId}`;
  return [...id].length <= MAX_ID ? id : `${year}-${metric.slice(0, 4)}-${hash(id)}`;
}

/** 64 bits of FNV-1a, enough to tell the subjects of one tenant apart. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    value = ((value ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value.toString(16).padStart(16, '0');
}
