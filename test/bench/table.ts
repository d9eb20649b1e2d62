/** The figures of a run as one table of text. */
import { shown, type Figure } from './figures';

const HEADINGS = ['what', 'median', 'unit', 'from – to', 'limit', 'ratio', 'bar', 'holds'];
/** Columns that are numbers stand to the right. */
const RIGHT = new Set([1, 3, 4, 5, 6]);

const wide = (char: string): boolean =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(char);
const width = (text: string): number => [...text].reduce((sum, char) => sum + (wide(char) ? 2 : 1), 0);

function cellsOf({ name, unit, value, spread, rounds, limit, ratio, bar }: Figure): string[] {
  return [
    name,
    shown(value),
    unit,
    rounds > 1 ? `${shown(spread[0])} – ${shown(spread[1])}` : '',
    limit ? shown(limit.value) : '',
    ratio === undefined ? '' : shown(ratio),
    bar?.text ?? '',
    bar === undefined ? '' : bar.holds ? 'yes' : 'NO',
  ];
}

/** One line per figure, and below it what it was held against. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - width(cell));
        return RIGHT.has(column) ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  const notes = figures.flatMap(({ name, limit, note }) => {
    const about = [limit && `limit: ${limit.what}`, note].filter(Boolean);
    return about.length > 0 ? [`${name}: ${about.join('; ')}`] : [];
  });
  return [head, '-'.repeat(width(head)), ...body, '', ...notes].join('\n');
}
