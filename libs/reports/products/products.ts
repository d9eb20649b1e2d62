/** Products and their categories, read at query time. */
import { reachable } from '../org';
import type { Run } from '../run';
import { mustExist } from '../scope';
import { sql } from '../sql';
import { compareText } from '#text';

/** Identity of a product as every table by product shows it. */
export interface ProductIdentity {
  productId: string;
  /** Null once the product is deleted. */
  productName: string | null;
  /** Null for a product without category, which is called 未分类. */
  categoryId: string | null;
  /** Null when the category is unknown or deleted. */
  categoryName: string | null;
}

export const UNCATEGORISED = '未分类';

interface ProductRow {
  kind: 'product' | 'category';
  id: string;
  name: string;
  /** Category of a product, parent of a category. */
  parent: string;
}

export class Products {
  private readonly products = new Map<string, ProductRow>();
  private readonly categories = new Map<string, ProductRow>();
  private readonly children = new Map<string, string[]>();

  constructor(rows: readonly ProductRow[]) {
    for (const row of rows) {
      if (row.kind === 'product') this.products.set(row.id, row);
      else {
        this.categories.set(row.id, row);
        if (row.parent !== '')
          this.children.set(row.parent, [...(this.children.get(row.parent) ?? []), row.id]);
      }
    }
  }

  /** Products not deleted, by name and id. */
  get inNameOrder(): ProductIdentity[] {
    return [...this.products.values()]
      .sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id))
      .map(({ id }) => this.identityOf(id));
  }

  identityOf(productId: string): ProductIdentity {
    const product = this.products.get(productId);
    const categoryId = this.categoryOf(productId);
    return {
      productId,
      productName: product?.name ?? null,
      categoryId,
      categoryName: this.categoryName(categoryId),
    };
  }

  /** The current category; null for none and for a deleted product. */
  categoryOf(productId: string): string | null {
    return this.products.get(productId)?.parent || null;
  }

  categoryName(id: string | null): string | null {
    return id === null ? UNCATEGORISED : (this.categories.get(id)?.name ?? null);
  }

  /** Products that are in one of the categories now. */
  inAny(categories: ReadonlySet<string>): string[] {
    return this.categorised.filter((id) => categories.has(this.products.get(id)?.parent ?? ''));
  }

  /** Products that are in some category. */
  get categorised(): string[] {
    return [...this.products.values()].filter(({ parent }) => parent !== '').map(({ id }) => id);
  }

  /** A category and all below it; empty when it is unknown. */
  categoryTree(id: string): ReadonlySet<string> {
    return this.categories.has(id) ? reachable(id, this.children) : new Set();
  }
}

export function readProducts(run: Run): Promise<Products> {
  return run.kept<ProductRow, Products>(
    ['product', 'product_category'],
    sql`
      SELECT 'product' AS kind, id, name, category_id AS parent FROM product FINAL WHERE tenant = ${run.tenant}
      UNION ALL
      SELECT 'category' AS kind, id, name, parent_id AS parent FROM product_category FINAL
      WHERE tenant = ${run.tenant}`,
    (rows) => new Products(rows),
  );
}

/** The categories a filter names (null: no filter). @throws NotFound */
export function askedCategories(
  run: Run,
  categoryId: string | undefined,
  products: Products,
): ReadonlySet<string> | null {
  if (categoryId === undefined) return null;
  const tree = products.categoryTree(categoryId);
  mustExist(run.context.caller, tree.size > 0, 'categoryId');
  return tree;
}
