import { recordsOf } from '../records/list';
import { PRODUCT_COLUMNS } from '../columns';
import { StandardQuery } from '../parameters';
import { readProducts } from '../products/products';
import { defineReport } from '../report';
import type { Run } from '../run';
import { readSettings } from '../settings';
import { RETURN_VISITS } from '../sources';
import { raw, sql, text, type Sql } from '../sql';
import {
  answerRecords,
  contractVisits,
  countAnswers,
  COUNTS_COLUMN,
  groupBy,
  LINKED,
  VISITS_COLUMN,
  type AnswerCount,
} from './visits';

type ProductAnswers = AnswerCount & { productId: string };

/** Each visit once per product on its contract, whatever the contract's status, owner and date. */
const answersByProduct = (run: Run): Promise<ProductAnswers[]> =>
  run.rows<ProductAnswers>(sql`
    SELECT productId, satisfaction, count() AS visits
    FROM ${run.newest('contract', raw('1'))} AS contracts
    INNER JOIN (SELECT contract_key, satisfaction ${contractVisits(run)}) AS visits
      ON visits.contract_key = contracts.key
    ARRAY JOIN arrayDistinct(lines.product_id) AS productId
    GROUP BY productId, satisfaction`);

/** Condition that a visit's contract contains a product, or any. */
function ofProduct(run: Run, productId: string | null): Sql {
  const contains =
    productId === null ? raw('notEmpty(lines.product_id)') : sql`has(lines.product_id, ${text(productId)})`;
  return sql`${LINKED} AND contract_key IN (
    SELECT key FROM ${run.newest('contract', contains)})`;
}

export default defineReport({
  id: 'satisfaction-product',
  group: 'customers',
  name: { 'zh-CN': '产品满意度分析', en: 'Satisfaction by product' },
  about: {
    'zh-CN': '期间内的回访次数及各满意度选项的次数，按回访合同包含的产品统计。',
    en: 'Return visits and their answers, by the products on the contract that was visited for.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: { rows: [...PRODUCT_COLUMNS, VISITS_COLUMN, COUNTS_COLUMN] },
  charts: ['table'],
  drill: {
    row: 'other',
    records: { visits: (run, row) => recordsOf(run, RETURN_VISITS, { where: ofProduct(run, row) }) },
    others: (run, option, row) => answerRecords(run, option, ofProduct(run, row)),
  },
  run: async (run) => {
    const [products, { satisfactionOptions }, found] = await Promise.all([
      readProducts(run),
      readSettings(run),
      answersByProduct(run),
    ]);
    const byProduct = groupBy(found, ({ productId }) => productId);
    return {
      rows: products.inNameOrder.map((product) => ({
        ...product,
        ...countAnswers(satisfactionOptions, byProduct.get(product.productId) ?? []),
      })),
    };
  },
});
