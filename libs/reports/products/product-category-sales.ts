import { decimal, minor } from '../amounts';
import { column } from '../columns';
import { CategoryQuery } from '../parameters';
import { defineReport } from '../report';
import { compareText } from '#text';
import { askedCategories, readProducts } from './products';
import { quantityByProduct } from './sold';
import { ofCategory } from './sold-records';

/** Equal quantities stand in order of the category's id, products without category last among them. */
export default defineReport({
  id: 'product-category-sales',
  group: 'products',
  name: { 'zh-CN': '产品分类销量分析', en: 'Sales by category' },
  about: {
    'zh-CN': '期间内签约的有效合同中各产品分类的销售数量，以产品当前所属分类为准。',
    en: 'Quantity sold on effective contracts by order date, per category that the product is in now.',
  },
  period: { kind: 'period', standard: 'year' },
  query: CategoryQuery,
  columns: {
    rows: [
      column('categoryId', 'id', '产品分类编号', 'Category id'),
      column('categoryName', 'text', '产品分类', 'Category'),
      column('quantity', 'quantity', '数量', 'Quantity'),
    ],
  },
  charts: ['pie', 'table'],
  drill: { row: 'other', records: { quantity: ofCategory } },
  run: async (run) => {
    const products = await readProducts(run);
    const categories = askedCategories(run, run.query.categoryId, products);
    const quantities = new Map<string | null, bigint>();
    for (const { productId, quantity } of await quantityByProduct(run, categories)) {
      const category = products.categoryOf(productId);
      quantities.set(category, (quantities.get(category) ?? 0n) + minor(quantity));
    }
    const rows = [...quantities]
      .map(([categoryId, quantity]) => ({ categoryId, quantity }))
      .sort((a, b) => {
        if (a.quantity !== b.quantity) return a.quantity < b.quantity ? 1 : -1;
        if (a.categoryId === null || b.categoryId === null) return a.categoryId === null ? 1 : -1;
        return compareText(a.categoryId, b.categoryId);
      })
      .map(({ categoryId, quantity }) => ({
        categoryId,
        categoryName: products.categoryName(categoryId),
        quantity: decimal(quantity),
      }));
    return { rows };
  },
});
