/** The catalogue of reports, good enough to build a screen from. */
import type { Column, Names } from './columns';
import { parametersOf, type ParameterInfo } from './parameter-list';
import type { Language } from './parameters';
import { REPORTS } from './registry';
import type { AnyReport, Chart, ReportGroup } from './report';

/** A name in both languages, or in the one asked for. */
export type Label = Names | string;

type Labelled<T> = Omit<T, 'label'> & { label: Label };

export interface CatalogueEntry {
  id: string;
  group: ReportGroup;
  name: Label;
  /** What the report says, in a sentence. */
  about: Label;
  parameters: Labelled<ParameterInfo>[];
  /** The columns of each part of the answer, in the order of the screen; `totals` names those totalled. */
  columns: {
    series?: Labelled<Column>[];
    rows?: Labelled<Column>[];
    headline?: Labelled<Column>[];
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
  const labelled = <T extends { label: Names }>(items: readonly T[]): Labelled<T>[] =>
    items.map((item) => ({ ...item, label: label(item.label) }));
  return {
    id,
    group,
    name: label(name),
    about: label(about),
    parameters: labelled(parametersOf(report)),
    columns: {
      ...(columns.series ? { series: labelled(columns.series) } : {}),
      ...(columns.rows ? { rows: labelled(columns.rows) } : {}),
      ...(columns.headline ? { headline: labelled(columns.headline) } : {}),
      ...(columns.totals ? { totals: columns.totals } : {}),
    },
    charts,
    paged,
    records: {
      columns: Object.keys(drill.records),
      byRow: drill.row !== undefined,
      byBucket: columns.series !== undefined,
    },
  };
}
