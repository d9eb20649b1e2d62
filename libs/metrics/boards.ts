/**
 * The boards, declared once.
 *
 * From a declaration come the contributions that the live counters keep (`contributions.ts`), the
 * SQL with which the warehouse answers the same question (`sql.ts`), and the names on the screen.
 */
import { EFFECTIVE_STATUSES, type EntityName } from '#crm';

/** What one counted record adds. `items` names a list field: the measure is taken over its items. */
export type Measure =
  | { kind: 'count' }
  | { kind: 'count-items'; items: string }
  | { kind: 'sum'; field: string }
  | { kind: 'sum-items'; items: string; field: string }
  | { kind: 'distinct'; field: string };

export interface Condition {
  field: string;
  in: readonly string[];
}

export interface BoardMetric {
  id: string;
  name: { 'zh-CN': string; en: string };
  entity: EntityName;
  /** Which states count; a deleted record never does. */
  where: readonly Condition[];
  /** The field that holds the employee the record is credited to; without one it is in nobody's numbers. */
  credit: string;
  /** The field that dates it: a field of the record, or of each item for `count-items`. */
  date: { field: string; kind: 'date' | 'instant' };
  measure: Measure;
  unit: 'money' | 'quantity' | 'count';
}

const effective: Condition = { field: 'status', in: EFFECTIVE_STATUSES };
const followUp: Condition = { field: 'kind', in: ['follow-up'] };

export const BOARDS = [
  {
    id: 'rank-contract-amount',
    name: { 'zh-CN': '合同金额排行', en: 'Contract amount' },
    entity: 'contract',
    where: [effective],
    credit: 'ownerId',
    date: { field: 'orderDate', kind: 'date' },
    measure: { kind: 'sum', field: 'amount' },
    unit: 'money',
  },
  {
    id: 'rank-receivable-amount',
    name: { 'zh-CN': '回款金额排行', en: 'Payments received' },
    entity: 'receivable',
    where: [effective],
    credit: 'ownerId',
    date: { field: 'returnDate', kind: 'date' },
    measure: { kind: 'sum', field: 'amount' },
    unit: 'money',
  },
  {
    id: 'rank-contract-count',
    name: { 'zh-CN': '签约合同排行', en: 'Contracts signed' },
    entity: 'contract',
    where: [effective],
    credit: 'ownerId',
    date: { field: 'orderDate', kind: 'date' },
    measure: { kind: 'count' },
    unit: 'count',
  },
  {
    id: 'rank-new-customers',
    name: { 'zh-CN': '新增客户数排行', en: 'New customers' },
    entity: 'customer',
    where: [],
    credit: 'ownerId',
    date: { field: 'createdAt', kind: 'instant' },
    measure: { kind: 'count' },
    unit: 'count',
  },
  {
    id: 'rank-product-quantity',
    name: { 'zh-CN': '产品销量排行', en: 'Products sold' },
    entity: 'contract',
    where: [effective],
    credit: 'ownerId',
    date: { field: 'orderDate', kind: 'date' },
    measure: { kind: 'sum-items', items: 'lines', field: 'quantity' },
    unit: 'quantity',
  },
  {
    id: 'rank-new-contacts',
    name: { 'zh-CN': '新增联系人数排行', en: 'New contacts' },
    entity: 'contact',
    where: [],
    credit: 'creatorId',
    date: { field: 'createdAt', kind: 'instant' },
    measure: { kind: 'count' },
    unit: 'count',
  },
  {
    id: 'rank-follow-ups',
    name: { 'zh-CN': '跟进次数排行', en: 'Follow-ups' },
    entity: 'activity',
    where: [followUp],
    credit: 'authorId',
    date: { field: 'createdAt', kind: 'instant' },
    measure: { kind: 'count' },
    unit: 'count',
  },
  {
    id: 'rank-followed-customers',
    name: { 'zh-CN': '跟进客户数排行', en: 'Customers followed' },
    entity: 'activity',
    where: [followUp],
    credit: 'authorId',
    date: { field: 'createdAt', kind: 'instant' },
    measure: { kind: 'distinct', field: 'customerId' },
    unit: 'count',
  },
  {
    id: 'rank-business-trips',
    name: { 'zh-CN': '出差次数排行', en: 'Business trips' },
    entity: 'business-trip',
    where: [effective],
    credit: 'applicantId',
    date: { field: 'startsAt', kind: 'instant' },
    measure: { kind: 'count-items', items: 'legs' },
    unit: 'count',
  },
] as const satisfies readonly BoardMetric[];

export type BoardId = (typeof BOARDS)[number]['id'];

const byId = new Map<string, BoardMetric>(BOARDS.map((board) => [board.id, board]));

/** The board of an id, or undefined. */
export const boardOf = (id: string): BoardMetric | undefined => byId.get(id);

/** The two metrics that goals are set for, and the board that counts what was done. */
export const TARGET_METRICS = {
  'contract-amount': 'rank-contract-amount',
  'receivable-amount': 'rank-receivable-amount',
} as const satisfies Record<string, BoardId>;
export type TargetMetric = keyof typeof TARGET_METRICS;
