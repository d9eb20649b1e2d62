import { decimal, minor, sumOf } from '../amounts';
import { column, PRODUCT_COLUMNS } from '../columns';
import { pageOf } from '../paging';
import { PagedCategoryQuery } from '../parameters';
import { defineReport } from '../report';
import { compareText } from '#text';
import { askedCategories, readProducts } from './products';
import { contractsSold, soldByProduct } from './sold';
import { ofProduct } from './sold-records';

/**
 * Amounts are after the line's discount and before the whole order's, so they need not add up to
 * contract amounts. A product counts in the category it is in now.
 */
export default defineReport({
  id: 'product-sales',
  group: 'products',
  name: { 'zh-CN': '产品销售情况统计', en: 'Product sales' },
  about: {
    'zh-CN': '期间内签约的有效合同中各产品的合同数、销售数量与金额小计（整单折扣前）。',
    en: 'Per product of effective contracts by order date: contracts, quantity, and amount before the whole-order discount.',
  },
  period: { kind: 'period', standard: 'year' },
  query: PagedCategoryQuery,
  paged: true,
  columns: {
    rows: [
      ...PRODUCT_COLUMNS,
      column('contractCount', 'count', '合同数', 'Contracts'),
      column('quantity', 'quantity', '数量', 'Quantity'),
      column('amount', 'money', '金额', 'Amount'),
    ],
    totals: ['contractCount', 'quantity', 'amount'],
  },
  charts: ['table'],
  drill: {
    row: 'other',
    records: {
      contractCount: ofProduct('quantity'),
      quantity: ofProduct('quantity'),
      amount: ofProduct('subtotal'),
    },
  },
  run: async (run) => {
    const products = await readProducts(run);
    const categories = askedCategories(run, run.query.categoryId, products);
    const selling = soldByProduct(run, categories);
    const [sold, contractCount] = await Promise.all([selling, contractsSold(run, categories, selling)]);
    const rows = sold
      .map(({ productId, contracts, quantity, amount }) => ({
        productId,
        contracts,
        quantity: minor(quantity),
        amount: minor(amount),
      }))
      .sort((a, b) =>
        a.amount === b.amount ? compareText(a.productId, b.productId) : a.amount < b.amount ? 1 : -1,
      );
    const page = pageOf(run.query, rows.length);
    return {
      rows: rows.slice(page.offset, page.offset + page.limit).map((row) => ({
        ...products.identityOf(row.productId),
        contractCount: row.contracts,
        quantity: decimal(row.quantity),
        amount: decimal(row.amount),
      })),
      totals: {
        contractCount,
        quantity: decimal(sumOf(rows, ({ quantity }) => quantity)),
        amount: decimal(sumOf(rows, ({ amount }) => amount)),
      },
      page,
    };
  },
});
