/** Customers that follow-ups name (R15). */
import type { Run } from './run';
import { FOLLOW_UPS } from './sources';
import { sql, type Sql } from './sql';

/** Customers followed in the period by an author in scope. */
export const followedIds = (run: Run): Sql =>
  sql`SELECT customer_id AS id ${run.from(FOLLOW_UPS, { where: sql`customer_id != ''` })}`;
