/** The funnel's sizes and rates. */
import { size } from '../i18n/numbers';

export interface StageRow {
  stageId: string;
  stageName: string;
  count: number;
  amount: string;
}

export interface Stage extends StageRow {
  /** Width, percent of the widest stage. */
  width: number;
  /** Percent of the stage before; null for the first, or where that one is empty. */
  step: number | null;
  /** Percent of the first stage; null where it is empty. */
  overall: number | null;
}

/** Stages in the pipeline's order, sized and compared by number or by amount. */
export function stagesOf(rows: readonly StageRow[], by: 'count' | 'amount'): Stage[] {
  const sizes = rows.map((row) => size(row[by]));
  const widest = Math.max(0, ...sizes);
  const ratio = (part: number, whole: number): number | null => (whole > 0 ? (part / whole) * 100 : null);
  return rows.map((row, index) => {
    const own = sizes[index] ?? 0;
    return {
      ...row,
      width: widest > 0 ? (own / widest) * 100 : 0,
      step: index === 0 ? null : ratio(own, sizes[index - 1] ?? 0),
      overall: ratio(own, sizes[0] ?? 0),
    };
  });
}
