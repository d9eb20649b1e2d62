import { recordsOf, type RecordList } from '../records/list';
import { indexBy } from '../amounts';
import { AVG_DAYS, DEAL_CUSTOMERS, PRODUCT_COLUMNS } from '../columns';
import { StandardQuery } from '../parameters';
import { readProducts } from '../products/products';
import { defineReport } from '../report';
import type { Run } from '../run';
import { CONTRACTS, CUSTOMERS, DEAL } from '../sources';
import { and, raw, sql, text, type Sql } from '../sql';
import { DATED_DEAL, dealCustomers, NO_DEALS, shownDays, type DealDays } from './deal-days';

/** Stands for all products: each customer of the population with any product line has it once. */
const ANY_PRODUCT = '';

type ProductDays = DealDays & { productId: string };

/** Each customer once per product on any of their effective contracts, whoever owns those and whenever. */
const daysByProduct = (run: Run): Promise<ProductDays[]> =>
  run.rows<ProductDays>(sql`
    SELECT productId, count() AS customers, countIf(dated) AS dated, sum(days) AS days
    FROM (
      SELECT customer_key, any(deals.dated) AS dated, any(deals.days) AS days,
             arrayPushFront(groupUniqArrayArray(lines.product_id), '') AS products
      FROM ${run.newest('contract', and(...CONTRACTS.where))} AS contracts
      INNER JOIN (${dealCustomers(run)}) AS deals ON deals.key = contracts.customer_key
      GROUP BY customer_key
      HAVING length(products) > 1
    ) AS sold
    ARRAY JOIN products AS productId
    GROUP BY productId`);

/** Customers of the population who bought a product, or any. */
function buyers(run: Run, productId: string | null, deals: Sql): RecordList {
  const bought =
    productId === null ? raw('notEmpty(lines.product_id)') : sql`has(lines.product_id, ${text(productId)})`;
  const contracts = run.from(CONTRACTS, { range: null, whose: 'anybody', where: bought });
  return recordsOf(run, CUSTOMERS, { where: sql`${deals} AND key IN (SELECT customer_key ${contracts})` });
}

export default defineReport({
  id: 'deal-cycle-product',
  group: 'customers',
  name: { 'zh-CN': '产品成交周期', en: 'Deal cycle by product' },
  about: {
    'zh-CN':
      '期间内创建且现已成交的客户，从创建到成交的平均天数，按其有效合同包含的产品统计，每个客户在每个产品中计一次。',
    en: 'Average days from creation to deal of customers created in the period that are deals now, by the products on their effective contracts.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: {
    rows: [...PRODUCT_COLUMNS, AVG_DAYS, DEAL_CUSTOMERS],
    totals: ['avgDays', 'dealCustomers'],
  },
  charts: ['grouped-bars', 'table'],
  drill: {
    row: 'other',
    records: {
      dealCustomers: (run, row) => buyers(run, row, DEAL),
      avgDays: (run, row) => buyers(run, row, DATED_DEAL),
    },
  },
  run: async (run) => {
    const [products, found] = await Promise.all([readProducts(run), daysByProduct(run)]);
    const byProduct = indexBy(found, ({ productId }) => productId);
    const shown = (productId: string): ReturnType<typeof shownDays> =>
      shownDays(byProduct.get(productId) ?? NO_DEALS);
    return {
      rows: products.inNameOrder.map((product) => ({ ...product, ...shown(product.productId) })),
      totals: shown(ANY_PRODUCT),
    };
  },
});
