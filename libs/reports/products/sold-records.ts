/** The contracts behind what was sold, each with the quantity or amount of the lines in question. */
import type { CategoryQuery } from '../parameters';
import { recordsOf, type RecordList } from '../records/list';
import type { Run } from '../run';
import { CONTRACTS } from '../sources';
import { raw, sql, text, texts, type Sql } from '../sql';
import { askedCategories, readProducts, UNCATEGORISED, type Products } from './products';

/** Conditions on `product`, the product of a line. */
type LineCondition = Sql;

const isProduct = (id: string): LineCondition => sql`product = ${text(id)}`;
const isOneOf = (ids: readonly string[]): LineCondition => sql`has(${texts(ids)}, product)`;

/** Lines of products that are in one of the categories now; null: of any product. */
const inCategories = (products: Products, categories: ReadonlySet<string> | null): LineCondition =>
  categories === null ? raw('1') : isOneOf(products.inAny(categories));

/** Lines of a row of the table of categories; what has no category goes by its name, having no id. */
const inCategory = (products: Products, row: string): LineCondition =>
  row === UNCATEGORISED ? sql`NOT ${isOneOf(products.categorised)}` : isOneOf(products.inAny(new Set([row])));

/** Contracts with such lines; the lines' quantity or amount stands beside each. @throws NotFound */
async function withLines(
  run: Run<CategoryQuery>,
  value: 'quantity' | 'subtotal',
  ofRow: (products: Products) => LineCondition,
): Promise<RecordList> {
  const products = await readProducts(run);
  const asked = inCategories(products, askedCategories(run, run.query.categoryId, products));
  const such = sql`(${asked}) AND (${ofRow(products)})`;
  const lines = sql`arrayFilter((value, product) -> ${such}, ${raw(`lines.${value}`)}, lines.product_id)`;
  return recordsOf(
    run,
    CONTRACTS,
    { where: sql`arrayExists(product -> ${such}, lines.product_id)` },
    {
      key: value === 'quantity' ? 'lineQuantity' : 'lineAmount',
      type: value === 'quantity' ? 'quantity' : 'money',
      expression: sql`arraySum(${lines})`,
    },
  );
}

/** Contracts that contain a product, or any. */
export const ofProduct =
  (value: 'quantity' | 'subtotal') =>
  (run: Run<CategoryQuery>, row: string | null): Promise<RecordList> =>
    withLines(run, value, () => (row === null ? raw('1') : isProduct(row)));

/** Contracts that contain a product of a category, or any. */
export const ofCategory = (run: Run<CategoryQuery>, row: string | null): Promise<RecordList> =>
  withLines(run, 'quantity', (products) => (row === null ? raw('1') : inCategory(products, row)));
