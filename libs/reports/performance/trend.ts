/** Yearly trends: a measure per month, against the month before and the same month a year ago. */
import { civil, dayFrom, dayOf, type Period } from '#calendar';
import { growth } from '#metrics';
import { BUCKET, column, type Column, type Names } from '../columns';
import { YearQuery } from '../parameters';
import { recordsOf } from '../records/list';
import { defineReport, type AnyReport } from '../report';
import type { Run } from '../run';
import type { Source } from '../sources';
import { raw, sql } from '../sql';

export interface Trend {
  id: string;
  name: Names;
  about: Names;
  source: Source;
  /** Aggregate over the month's records. */
  aggregate: string;
  value: Column;
  /** From the aggregate to a whole number (minor units of an amount), and from that to the answer. */
  read: (aggregate: string | number) => bigint;
  show: (value: bigint) => string | number;
}

interface MonthRow {
  bucket: number;
  value: string | number;
}

/** The year with the one before, which growth is measured against. */
const withYearBefore = ({ from, to }: Period): Pick<Period, 'from' | 'to' | 'bucket'> => ({
  from: dayFrom(civil(from).year - 1, 1, 1),
  to,
  bucket: 'month',
});

export function trendReport({ id, name, about, source, aggregate, value, read, show }: Trend): AnyReport {
  return defineReport({
    id,
    group: 'performance',
    name,
    about,
    period: { kind: 'year' },
    query: YearQuery,
    columns: {
      series: [
        BUCKET,
        value,
        column('momGrowth', 'percent', '环比', 'Month on month'),
        column('yoyGrowth', 'percent', '同比', 'Year on year'),
      ],
    },
    charts: ['bars-and-line', 'table'],
    drill: { records: { value: (run) => recordsOf(run, source) } },
    run: async (run: Run<YearQuery>) => {
      const span = withYearBefore(run.period);
      const buckets = run.buckets(source.date, span);
      const found = await run.rows<MonthRow>(sql`
        SELECT ${buckets.number} AS bucket, ${raw(aggregate)} AS value
        ${run.from(source, { range: span })} GROUP BY bucket`);
      const values = buckets.fill(found, { value: 0 }, (bucket, row) => ({ bucket, value: read(row.value) }));
      const grown = (index: number, months: number): number | null => {
        const [now, before] = [values[index], values[index - months]];
        if (!now || !before || dayOf(`${now.bucket}-01`) > run.today) return null;
        return growth(now.value, before.value);
      };
      const series = values.map(({ bucket, value }, index) => ({
        bucket,
        value: show(value),
        momGrowth: grown(index, 1),
        yoyGrowth: grown(index, 12),
      }));
      return { series: series.slice(12) };
    },
  });
}
