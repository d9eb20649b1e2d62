/** What tables say about products and categories. */
import type { Product } from '#crm';
import { compareText } from './exact';
import { categoryTree } from './organisation';
import type { Question } from './question';
import { mustExist } from './scope';
import type { World } from './world';

export const UNCATEGORISED = '未分类';

/** A category as a row shows it; one that is unknown or deleted keeps its id and has no name. */
export const describeCategory = (world: World, id: string | null): Record<string, string | null> => ({
  categoryId: id,
  categoryName: id === null ? UNCATEGORISED : (world.get('product-category', id)?.name ?? null),
});

/** The current category of a product; null without one, and for a product that is unknown or deleted. */
export const categoryOf = (world: World, productId: string): string | null =>
  world.get('product', productId)?.categoryId ?? null;

export const describeProduct = (world: World, id: string): Record<string, string | null> => ({
  productId: id,
  productName: world.get('product', id)?.name ?? null,
  ...describeCategory(world, categoryOf(world, id)),
});

/** Every product that is not deleted, in order of name, then id. */
export const productsByName = (world: World): Product[] =>
  world.all('product').sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));

/** Whether a product passes the category filter (the category with its descendants). */
export function categoryFilter(q: Question): (productId: string) => boolean {
  const { categoryId } = q.params;
  if (categoryId === undefined) return () => true;
  mustExist(q.ctx.caller, q.world.has('product-category', categoryId), 'categoryId');
  const categories = categoryTree(q.world, categoryId);
  return (productId) => categories.has(categoryOf(q.world, productId) ?? '');
}
