/**
 * The 18 entities of a CRM, each declared once.
 *
 * Everything that has to know an entity's shape derives it from here: TypeScript types, the check
 * at both edges, the JSON Schema, the warehouse's columns.
 */
import {
  boolean,
  date,
  id,
  instant,
  integer,
  listOf,
  literal,
  money,
  oneOf,
  optional,
  quantity,
  text,
  url,
  valuesOf,
  type Fields,
  type Infer,
} from './fields';

/** A document's approval status; {@link isEffective} says which count. */
const approvalStatus = () =>
  oneOf('draft', 'pending', 'in-review', 'approved', 'rejected', 'withdrawn', 'void', 'no-approval');

export const ENTITIES = {
  employee: {
    id: id(),
    name: text(),
    departmentId: optional(id()),
    managerId: optional(id()),
    status: oneOf('active', 'disabled', 'not-activated'),
    avatarUrl: optional(url()),
  },
  department: { id: id(), name: text(), parentId: optional(id()) },
  customer: {
    id: id(),
    name: text(),
    phone: optional(text()),
    mobile: optional(text()),
    /** Null: in the public pool (公海). */
    ownerId: optional(id()),
    creatorId: id(),
    createdAt: instant(),
    dealStatus: oneOf('deal', 'not-deal'),
    dealAt: optional(instant()),
    province: optional(text()),
    city: optional(text()),
    industry: optional(text()),
    level: optional(text()),
    source: optional(text()),
    nextContactAt: optional(instant()),
  },
  contact: {
    id: id(),
    name: text(),
    customerId: optional(id()),
    ownerId: optional(id()),
    creatorId: id(),
    createdAt: instant(),
  },
  pipeline: {
    id: id(),
    name: text(),
    enabled: boolean(),
    stages: listOf({ id: id(), name: text(), order: integer() }),
  },
  opportunity: {
    id: id(),
    name: text(),
    customerId: optional(id()),
    ownerId: optional(id()),
    creatorId: id(),
    createdAt: instant(),
    pipelineId: id(),
    stageId: id(),
    endState: oneOf('open', 'won', 'lost', 'invalid'),
    amount: money(),
    expectedDealOn: optional(date()),
    closedAt: optional(instant()),
  },
  contract: {
    id: id(),
    number: text(),
    name: text(),
    customerId: optional(id()),
    opportunityId: optional(id()),
    ownerId: optional(id()),
    orderDate: optional(date()),
    endDate: optional(date()),
    amount: money(),
    status: approvalStatus(),
    lines: listOf({ productId: id(), quantity: quantity(), subtotal: money() }),
  },
  receivable: {
    id: id(),
    number: optional(text()),
    contractId: id(),
    planId: optional(id()),
    ownerId: optional(id()),
    returnDate: optional(date()),
    amount: money(),
    status: approvalStatus(),
  },
  'receivable-plan': {
    id: id(),
    contractId: id(),
    ownerId: optional(id()),
    plannedDate: date(),
    amount: money(),
  },
  invoice: {
    id: id(),
    number: optional(text()),
    contractId: optional(id()),
    ownerId: optional(id()),
    amount: money(),
    status: approvalStatus(),
    issued: boolean(),
    issueDate: optional(date()),
  },
  product: { id: id(), name: text(), categoryId: optional(id()), status: oneOf('on-shelf', 'off-shelf') },
  'product-category': { id: id(), name: text(), parentId: optional(id()) },
  activity: {
    id: id(),
    kind: oneOf('follow-up', 'check-in', 'other'),
    targetType: oneOf('lead', 'customer', 'contact', 'opportunity', 'contract', 'other'),
    targetId: id(),
    /** The customer the activity reaches. */
    customerId: optional(id()),
    authorId: id(),
    createdAt: instant(),
    method: optional(text()),
  },
  'pool-move': {
    id: id(),
    customerId: id(),
    direction: oneOf('put-in', 'taken'),
    reason: oneOf('manual', 'rule', 'assigned', 'claimed'),
    /** Who lost or gained the customer. */
    employeeId: id(),
    poolId: optional(id()),
    movedAt: instant(),
  },
  'return-visit': {
    id: id(),
    visitorId: id(),
    contractId: optional(id()),
    visitedAt: instant(),
    satisfaction: optional(text()),
  },
  'business-trip': {
    id: id(),
    applicantId: id(),
    status: approvalStatus(),
    legs: listOf({ startsAt: instant() }),
  },
  goal: {
    id: id(),
    subjectType: oneOf('department', 'employee'),
    subjectId: id(),
    year: integer(1900, 2299),
    metric: oneOf('contract-amount', 'receivable-amount'),
    months: valuesOf(money(), 12),
  },
  settings: {
    id: literal('settings'),
    /** Null or absent: the reminder is off. */
    contractExpiryDays: optional(integer(0, 36500)),
    satisfactionOptions: valuesOf(text()),
  },
} as const satisfies Record<string, Fields>;

export type EntityName = keyof typeof ENTITIES;

/** The state of one record of an entity, as an event carries it. */
export type RecordOf<E extends EntityName> = Infer<(typeof ENTITIES)[E]>;

export type Employee = RecordOf<'employee'>;
export type Department = RecordOf<'department'>;
export type Customer = RecordOf<'customer'>;
export type Contact = RecordOf<'contact'>;
export type Pipeline = RecordOf<'pipeline'>;
export type Opportunity = RecordOf<'opportunity'>;
export type Contract = RecordOf<'contract'>;
export type Receivable = RecordOf<'receivable'>;
export type ReceivablePlan = RecordOf<'receivable-plan'>;
export type Invoice = RecordOf<'invoice'>;
export type Product = RecordOf<'product'>;
export type ProductCategory = RecordOf<'product-category'>;
export type Activity = RecordOf<'activity'>;
export type PoolMove = RecordOf<'pool-move'>;
export type ReturnVisit = RecordOf<'return-visit'>;
export type BusinessTrip = RecordOf<'business-trip'>;
export type Goal = RecordOf<'goal'>;
export type Settings = RecordOf<'settings'>;
export type ApprovalStatus = Contract['status'];

export const ENTITY_NAMES = Object.keys(ENTITIES) as EntityName[];

export const isEntityName = (name: string): name is EntityName => Object.hasOwn(ENTITIES, name);

/** The approval statuses of documents that count (R2 of the metric catalogue). */
export const EFFECTIVE_STATUSES = ['approved', 'no-approval'] as const;

/** Whether a document with this status counts in reports and boards. */
export const isEffective = (status: string): boolean => status === 'approved' || status === 'no-approval';

/** What holds while a tenant has published no `settings` record. */
export const DEFAULT_SETTINGS: Settings = {
  id: 'settings',
  contractExpiryDays: 3,
  satisfactionOptions: ['很满意', '满意', '一般', '不满意', '很不满意'],
};
