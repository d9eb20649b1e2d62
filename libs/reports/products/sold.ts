/** What was sold: lines of effective contracts by order date, of owners in scope. */
import { total } from '../amounts';
import type { Run } from '../run';
import { CONTRACTS } from '../sources';
import { raw, sql, texts, type Sql } from '../sql';

export interface Sold {
  productId: string;
  /** Distinct contracts that contain the product. */
  contracts: number;
  /** Those of them that begin with the product: by its first line each contract counts once. */
  firsts: number;
  quantity: string;
  amount: string;
}

/** Condition that a product is in one of the categories now; deleted products are in none. */
const inCategories = (run: Run, categories: ReadonlySet<string>): Sql =>
  sql`productId IN (
    SELECT id FROM product FINAL WHERE tenant = ${run.tenant} AND category_id IN ${texts([...categories])})`;

/** Sales per product, of the given categories (null: all). */
export const soldByProduct = (run: Run, categories: ReadonlySet<string> | null): Promise<Sold[]> =>
  run.rows<Sold>(sql`
    SELECT productId, countIf(nth = 1) AS contracts, countIf(line = 1) AS firsts,
           sum(quantity) AS quantity, sum(subtotal) AS amount
    ${run.from(CONTRACTS, {
      arrayJoin: raw(`ARRAY JOIN lines.product_id AS productId, lines.quantity AS quantity,
        lines.subtotal AS subtotal, arrayEnumerateUniq(lines.product_id) AS nth,
        arrayEnumerate(lines.product_id) AS line`),
      where: categories === null ? raw('1') : inCategories(run, categories),
    })}
    GROUP BY productId`);

/** Quantities sold per product, of the given categories (null: all). Amounts, which take as much reading, are left. */
export const quantityByProduct = (
  run: Run,
  categories: ReadonlySet<string> | null,
): Promise<Pick<Sold, 'productId' | 'quantity'>[]> =>
  run.rows(sql`
    SELECT productId, sum(quantity) AS quantity
    ${run.from(CONTRACTS, {
      arrayJoin: raw('ARRAY JOIN lines.product_id AS productId, lines.quantity AS quantity'),
      where: categories === null ? raw('1') : inCategories(run, categories),
    })}
    GROUP BY productId`);

/** Number of contracts that contain any product of the categories (null: any product); `sold` is of the same. */
export async function contractsSold(
  run: Run,
  categories: ReadonlySet<string> | null,
  sold: Promise<readonly Sold[]>,
): Promise<number> {
  if (categories === null) return total(await sold, ({ firsts }) => firsts);
  const [row] = await run.rows<{ contracts: number }>(sql`
    SELECT uniqExact(key) AS contracts
    ${run.from(CONTRACTS, {
      arrayJoin: raw('ARRAY JOIN lines.product_id AS productId'),
      where: inCategories(run, categories),
    })}`);
  return row?.contracts ?? 0;
}
