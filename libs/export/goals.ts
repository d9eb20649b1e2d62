/** The table of goals: the year, then each quarter followed by its months, each with its three figures. */
import type { Column, Values } from '#reports';

interface Progress {
  target: string;
  done: string;
  rate: number | null;
}

/** A row of the report. */
interface GoalRow {
  months: ({ bucket: string } & Progress)[];
  quarters: ({ quarter: string } & Progress)[];
  year: Progress;
}

const FIGURES: readonly string[] = ['target', 'done', 'rate'] satisfies (keyof Progress)[];

const keyOf = (span: string, figure: string): string => `${span} ${figure}`;

/** `2026`, `2026-Q1`, `2026-01`, `2026-02`, … */
function spansOf(year: string): string[] {
  const month = (number: number): string => `${year}-${String(number).padStart(2, '0')}`;
  const quarter = (number: number): string[] => [
    `${year}-Q${number + 1}`,
    ...[1, 2, 3].map((nth) => month(3 * number + nth)),
  ];
  return [year, ...[0, 1, 2, 3].flatMap(quarter)];
}

export function goalColumns(declared: readonly Column[], year: string): Column[] {
  const figures = declared.filter(({ key }) => FIGURES.includes(key));
  return [
    ...declared.filter(({ key }) => !FIGURES.includes(key)),
    ...spansOf(year).flatMap((span) =>
      figures.map((column) => ({
        ...column,
        key: keyOf(span, column.key),
        label: { 'zh-CN': `${span} ${column.label['zh-CN']}`, en: `${span} ${column.label.en}` },
      })),
    ),
  ];
}

/** The rows with a value for each of the columns. */
export async function* goalValues(
  groups: AsyncIterable<readonly Values[]>,
): AsyncGenerator<readonly Values[]> {
  for await (const rows of groups) yield rows.map((row) => flattened(row as GoalRow));
}

function flattened({ months, quarters, year, ...subject }: GoalRow): Values {
  const values: Record<string, unknown> = { ...subject };
  const put = (span: string, { target, done, rate }: Progress): void => {
    for (const [figure, value] of Object.entries({ target, done, rate })) values[keyOf(span, figure)] = value;
  };
  put(months[0]?.bucket.slice(0, 4) ?? '', year);
  for (const { quarter, ...progress } of quarters) put(quarter, progress);
  for (const { bucket, ...progress } of months) put(bucket, progress);
  return values;
}
