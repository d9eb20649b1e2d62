/** The catalogue of reports, good enough to build a screen from. */
import type { Column, Names } from './columns';
import { basesOf, meaningOf } from './meanings';
import { parametersOf, type ParameterInfo } from './parameter-list';
import type { Language } from './parameters';
import { REPORTS } from './registry';
import type { AnyReport, Chart, ReportGroup } from './report';

/** A name in both languages, or in the one asked for. */
export type Label = Names | string;

type Labelled<T> = Omit<T, 'label'> & { label: Label };

/** `about` says what the number means; absent where the label says what the row is. */
type Explained = Labelled<Column> & { about?: Label };

export interface CatalogueEntry {
  id: string;
  group: ReportGroup;
  name: Label;
  /** What the report says, in a sentence. */
  about: Label;
  /** Which records count, the date that places them in a period, and whose they are. */
  counts: { what: Label; date: Label; credit: Label }[];
  parameters: Labelled<ParameterInfo>[];
  /** The columns of each part of the answer, in the order of the screen; `totals` names those totalled. */
  columns: {
    series?: Explained[];
    rows?: Explained[];
    headline?: Explained[];
    totals?: readonly string[];
  };
  /** How a screen shows it; the first is what it starts with. */
  charts: readonly Chart[];
  paged: boolean;
  /** Columns whose numbers open a list of records, and whether a row narrows it. */
  records: { columns: string[]; byRow: boolean; byBucket: boolean };
}

/** All reports; names in both languages unless one is asked for. */
export function catalogue(language?: Language): { reports: CatalogueEntry[] } {
  const label = (names: Names): Label => (language === undefined ? names : names[language]);
  return { reports: REPORTS.map((report) => entryOf(report, label)) };
}

function entryOf(report: AnyReport, label: (names: Names) => Label): CatalogueEntry {
  const { id, group, name, about, columns, charts, paged = false, drill } = report;
  const explained = (items: readonly Column[]): Explained[] =>
    items.map((column) => {
      const meaning = meaningOf(id, column);
      return { ...column, label: label(column.label), ...(meaning ? { about: label(meaning) } : {}) };
    });
  const labelled = <T extends { label: Names }>(items: readonly T[]): Labelled<T>[] =>
    items.map((item) => ({ ...item, label: label(item.label) }));
  return {
    id,
    group,
    name: label(name),
    about: label(about),
    counts: basesOf(id).map(({ what, date, credit }) => ({
      what: label(what),
      date: label(date),
      credit: label(credit),
    })),
    parameters: labelled(parametersOf(report)),
    columns: {
      ...(columns.series ? { series: explained(columns.series) } : {}),
      ...(columns.rows ? { rows: explained(columns.rows) } : {}),
      ...(columns.headline ? { headline: explained(columns.headline) } : {}),
      ...(columns.totals ? { totals: columns.totals } : {}),
    },
    charts,
    paged,
    records: {
      columns: Object.keys(drill.records),
      byRow: drill.row !== undefined && columns.rows !== undefined,
      byBucket: columns.series !== undefined,
    },
  };
}
