/**
 * The records of a CRM as events carry them. A field with `?` may be null or absent.
 *
 * Generated from the declarations of the event contract by `npm run docs`; do not edit.
 */

/** A record's id: 1 to 64 characters. */
export type Id = string;

/** Up to 512 characters. */
export type Text = string;

/** An https address, up to 512 characters. */
export type HttpsUrl = string;

/** A decimal string, up to 13 digits and 2 after the point, such as `1200.00`. */
export type Money = string;

/** As money, counting pieces. */
export type Quantity = string;

/** A calendar date without zone, `YYYY-MM-DD`, 1900 to 2299. */
export type CalendarDate = string;

/** An RFC 3339 instant with zone, 1900 to 2299. */
export type Instant = string;

export interface Employee {
  id: Id;
  name: Text;
  departmentId?: Id | null;
  managerId?: Id | null;
  status: 'active' | 'disabled' | 'not-activated';
  avatarUrl?: HttpsUrl | null;
}

export interface Department {
  id: Id;
  name: Text;
  parentId?: Id | null;
}

export interface Customer {
  id: Id;
  name: Text;
  phone?: Text | null;
  mobile?: Text | null;
  ownerId?: Id | null;
  creatorId: Id;
  createdAt: Instant;
  dealStatus: 'deal' | 'not-deal';
  dealAt?: Instant | null;
  province?: Text | null;
  city?: Text | null;
  industry?: Text | null;
  level?: Text | null;
  source?: Text | null;
  nextContactAt?: Instant | null;
}

export interface Contact {
  id: Id;
  name: Text;
  customerId?: Id | null;
  ownerId?: Id | null;
  creatorId: Id;
  createdAt: Instant;
}

export interface Pipeline {
  id: Id;
  name: Text;
  enabled: boolean;
  stages: {
    id: Id;
    name: Text;
    order: number;
  }[];
}

export interface Opportunity {
  id: Id;
  name: Text;
  customerId?: Id | null;
  ownerId?: Id | null;
  creatorId: Id;
  createdAt: Instant;
  pipelineId: Id;
  stageId: Id;
  endState: 'open' | 'won' | 'lost' | 'invalid';
  amount: Money;
  expectedDealOn?: CalendarDate | null;
  closedAt?: Instant | null;
}

export interface Contract {
  id: Id;
  number: Text;
  name: Text;
  customerId?: Id | null;
  opportunityId?: Id | null;
  ownerId?: Id | null;
  orderDate?: CalendarDate | null;
  endDate?: CalendarDate | null;
  amount: Money;
  status: 'draft' | 'pending' | 'in-review' | 'approved' | 'rejected' | 'withdrawn' | 'void' | 'no-approval';
  lines: {
    productId: Id;
    quantity: Quantity;
    subtotal: Money;
  }[];
}

export interface Receivable {
  id: Id;
  number?: Text | null;
  contractId: Id;
  planId?: Id | null;
  ownerId?: Id | null;
  returnDate?: CalendarDate | null;
  amount: Money;
  status: 'draft' | 'pending' | 'in-review' | 'approved' | 'rejected' | 'withdrawn' | 'void' | 'no-approval';
}

export interface ReceivablePlan {
  id: Id;
  contractId: Id;
  ownerId?: Id | null;
  plannedDate: CalendarDate;
  amount: Money;
}

export interface Invoice {
  id: Id;
  number?: Text | null;
  contractId?: Id | null;
  ownerId?: Id | null;
  amount: Money;
  status: 'draft' | 'pending' | 'in-review' | 'approved' | 'rejected' | 'withdrawn' | 'void' | 'no-approval';
  issued: boolean;
  issueDate?: CalendarDate | null;
}

export interface Product {
  id: Id;
  name: Text;
  categoryId?: Id | null;
  status: 'on-shelf' | 'off-shelf';
}

export interface ProductCategory {
  id: Id;
  name: Text;
  parentId?: Id | null;
}

export interface Activity {
  id: Id;
  kind: 'follow-up' | 'check-in' | 'other';
  targetType: 'lead' | 'customer' | 'contact' | 'opportunity' | 'contract' | 'other';
  targetId: Id;
  customerId?: Id | null;
  authorId: Id;
  createdAt: Instant;
  method?: Text | null;
}

export interface PoolMove {
  id: Id;
  customerId: Id;
  direction: 'put-in' | 'taken';
  reason: 'manual' | 'rule' | 'assigned' | 'claimed';
  employeeId: Id;
  poolId?: Id | null;
  movedAt: Instant;
}

export interface ReturnVisit {
  id: Id;
  visitorId: Id;
  contractId?: Id | null;
  visitedAt: Instant;
  satisfaction?: Text | null;
}

export interface BusinessTrip {
  id: Id;
  applicantId: Id;
  status: 'draft' | 'pending' | 'in-review' | 'approved' | 'rejected' | 'withdrawn' | 'void' | 'no-approval';
  legs: {
    startsAt: Instant;
  }[];
}

export interface Goal {
  id: Id;
  subjectType: 'department' | 'employee';
  subjectId: Id;
  year: number;
  metric: 'contract-amount' | 'receivable-amount';
  months: Money[];
}

export interface Settings {
  id: 'settings';
  contractExpiryDays?: number | null;
  satisfactionOptions: Text[];
}

/** The record of each entity. */
export interface Records {
  employee: Employee;
  department: Department;
  customer: Customer;
  contact: Contact;
  pipeline: Pipeline;
  opportunity: Opportunity;
  contract: Contract;
  receivable: Receivable;
  'receivable-plan': ReceivablePlan;
  invoice: Invoice;
  product: Product;
  'product-category': ProductCategory;
  activity: Activity;
  'pool-move': PoolMove;
  'return-visit': ReturnVisit;
  'business-trip': BusinessTrip;
  goal: Goal;
  settings: Settings;
}

export type EntityName = keyof Records;
