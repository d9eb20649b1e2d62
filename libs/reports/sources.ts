/**
 * What reports count: which states of which records, whose they are and what dates them. Those that
 * a leaderboard counts too come from its declaration, so that both count the same.
 */
import { columnName, EFFECTIVE_STATUSES, type EntityName } from '#crm';
import { boardOf, metricSql, type BoardId, type BoardMetric } from '#metrics';
import { raw, type Sql } from './sql';

export interface Source {
  entity: EntityName;
  /** States that count, without owner, period and scope. */
  where: readonly Sql[];
  /** Column of the employee whose record it is. */
  owner: string;
  date: DateColumn;
}

/** A column or expression that dates a record. */
export interface DateColumn {
  column: string;
  kind: 'date' | 'instant';
}

export const EFFECTIVE = raw(`status IN (${EFFECTIVE_STATUSES.map((status) => `'${status}'`).join(', ')})`);

/** The records that a board counts. */
function counted(id: BoardId): Source {
  const board = boardOf(id);
  if (!board) throw new Error(`no board ${id}`);
  return sourceOf(board);
}

export function sourceOf(board: BoardMetric): Source {
  const { date } = metricSql(board);
  return {
    entity: board.entity,
    where: board.where.map(({ field, in: values }) =>
      raw(`${columnName(field)} IN (${values.map((value) => `'${value}'`).join(', ')})`),
    ),
    owner: columnName(board.credit),
    date: { column: date.expression, kind: date.kind },
  };
}

const createdAt: DateColumn = { column: 'created_at', kind: 'instant' };

/** Customers by owner and creation. */
export const CUSTOMERS = counted('rank-new-customers');
/** Effective contracts by owner and order date. */
export const CONTRACTS = counted('rank-contract-amount');
/** Effective receivables by their owner and return date. */
export const RECEIVABLES = counted('rank-receivable-amount');
/** Follow-ups by author and creation. */
export const FOLLOW_UPS = counted('rank-follow-ups');
/** Follow-ups and check-ins by author: what the briefing counts. */
export const CONTACTS_MADE: Source = { ...FOLLOW_UPS, where: [raw("kind IN ('follow-up', 'check-in')")] };
/** Contacts by owner (the leaderboard counts them by creator). */
export const CONTACTS: Source = { ...counted('rank-new-contacts'), owner: 'owner_id' };
/** Opportunities of any end state by owner and creation. */
export const OPPORTUNITIES: Source = { entity: 'opportunity', where: [], owner: 'owner_id', date: createdAt };
/** Effective invoices that were issued, by owner and issue date. */
export const INVOICES: Source = {
  entity: 'invoice',
  where: [EFFECTIVE, raw('issued')],
  owner: 'owner_id',
  date: { column: 'issue_date', kind: 'date' },
};
/** Moves into and out of the public pool, by who lost or gained the customer. */
export const POOL_MOVES: Source = {
  entity: 'pool-move',
  where: [],
  owner: 'employee_id',
  date: { column: 'moved_at', kind: 'instant' },
};
/** Return visits by visitor. */
export const RETURN_VISITS: Source = {
  entity: 'return-visit',
  where: [],
  owner: 'visitor_id',
  date: { column: 'visited_at', kind: 'instant' },
};
/** Payment plans by owner and planned date. */
export const PLANS: Source = {
  entity: 'receivable-plan',
  where: [],
  owner: 'owner_id',
  date: { column: 'planned_date', kind: 'date' },
};

export const DEAL = raw("deal_status = 'deal'");
export const PUT_IN = raw("direction = 'put-in'");
export const TAKEN = raw("direction = 'taken'");
