/** Pages of long tables. */
import { DEFAULT_LIMIT, type PagedQuery } from './parameters';
import type { Page } from './report';

export const pageOf = ({ limit, offset }: Pick<PagedQuery, 'limit' | 'offset'>, total: number): Page => ({
  offset: offset ?? 0,
  limit: limit ?? DEFAULT_LIMIT,
  total,
});
