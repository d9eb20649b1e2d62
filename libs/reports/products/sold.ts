/** What was sold: lines of effective contracts by order date, of owners in scope. */
import type { Run } from '../run';
import { CONTRACTS } from '../sources';
import { NOTHING, raw, sql, texts, type Sql } from '../sql';

export interface Sold {
  productId: string;
  /** Distinct contracts that contain the product. */
  contracts: number;
  quantity: string;
  amount: string;
}

/** Condition that a product is in one of the categories now; deleted products are in none. */
const inCategories = (run: Run, categories: ReadonlySet<string> | null): Sql =>
  categories === null
    ? NOTHING
    : sql`AND productId IN (
        SELECT id FROM product FINAL WHERE tenant = ${run.tenant} AND category_id IN ${texts([...categories])})`;

/** Sales per product, of the given categories (null: all). */
export const soldByProduct = (run: Run, categories: ReadonlySet<string> | null): Promise<Sold[]> =>
  run.rows<Sold>(sql`
    SELECT productId, countIf(nth = 1) AS contracts, sum(quantity) AS quantity, sum(subtotal) AS amount
    ${run.from(CONTRACTS, {
      arrayJoin: raw(`ARRAY JOIN lines.product_id AS productId, lines.quantity AS quantity,
        lines.subtotal AS subtotal, arrayEnumerateUniq(lines.product_id) AS nth`),
    })} ${inCategories(run, categories)}
    GROUP BY productId`);

/** Number of contracts that contain any product of the categories (null: any product). */
export async function contractsSold(run: Run, categories: ReadonlySet<string> | null): Promise<number> {
  const [row] = await run.rows<{ contracts: number }>(
    categories === null
      ? sql`SELECT count() AS contracts ${run.from(CONTRACTS, { where: raw('notEmpty(lines.product_id)') })}`
      : sql`SELECT uniqExact(id) AS contracts
            ${run.from(CONTRACTS, { arrayJoin: raw('ARRAY JOIN lines.product_id AS productId') })}
            ${inCategories(run, categories)}`,
  );
  return row?.contracts ?? 0;
}
