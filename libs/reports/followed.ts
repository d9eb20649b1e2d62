/** Customers that follow-ups name (R15). */
import type { Run } from './run';
import { FOLLOW_UPS } from './sources';
import { raw, sql, type Sql } from './sql';

/** A follow-up that names a customer. */
export const NAMED = raw('customer_key != 0');

/** Customers followed in the period by an author in scope. */
export const followedIds = (run: Run): Sql =>
  sql`SELECT customer_id AS id ${run.from(FOLLOW_UPS, { where: NAMED })}`;

/** The same as keys, which cost much less. */
export const followedKeys = (run: Run): Sql =>
  sql`SELECT customer_key AS key ${run.from(FOLLOW_UPS, { where: NAMED })}`;

/** The same, with who it was. */
export const followedBy = (run: Run): Sql =>
  sql`SELECT customer_id AS id, author_id ${run.from(FOLLOW_UPS, { where: NAMED })}`;

/** How many people followed a customer, of what {@link followedBy} gives. */
export const FOLLOWERS = { key: 'followers', aggregate: raw('uniqExact(author_id)') };
