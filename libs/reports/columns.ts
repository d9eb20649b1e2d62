/** The columns of all reports: key, name in both languages, and what the values are. */

export interface Names {
  'zh-CN': string;
  en: string;
}

export type ColumnType =
  | 'money'
  | 'quantity'
  | 'count'
  | 'percent'
  | 'days'
  | 'rank'
  | 'id'
  | 'text'
  | 'date'
  | 'instant'
  | 'boolean'
  | 'bucket'
  /** An object: option → count. */
  | 'counts';

/** What a value is measured in; `currency` is the tenant's. */
export type Unit = 'currency' | 'pieces' | 'records' | '%' | 'days';

export interface Column {
  key: string;
  label: Names;
  type: ColumnType;
  unit?: Unit;
}

const UNITS: Partial<Record<ColumnType, Unit>> = {
  money: 'currency',
  quantity: 'pieces',
  count: 'records',
  percent: '%',
  days: 'days',
};

/** A column from its declaration. */
export function column(key: string, type: ColumnType, zh: string, en: string): Column {
  const unit = UNITS[type];
  return { key, label: { 'zh-CN': zh, en }, type, ...(unit === undefined ? {} : { unit }) };
}

export const BUCKET = column('bucket', 'bucket', '时间', 'Period');

export const EMPLOYEE_COLUMNS: readonly Column[] = [
  column('employeeId', 'id', '员工编号', 'Employee id'),
  column('employeeName', 'text', '员工', 'Employee'),
  column('departmentId', 'id', '部门编号', 'Department id'),
  column('departmentName', 'text', '部门', 'Department'),
];

export const PRODUCT_COLUMNS: readonly Column[] = [
  column('productId', 'id', '产品编号', 'Product id'),
  column('productName', 'text', '产品', 'Product'),
  column('categoryId', 'id', '产品分类编号', 'Category id'),
  column('categoryName', 'text', '产品分类', 'Category'),
];

export const NEW_CUSTOMERS = column('newCustomers', 'count', '新增客户数', 'New customers');
export const DEAL_CUSTOMERS = column('dealCustomers', 'count', '成交客户数', 'Deal customers');
export const NEW_OPPORTUNITIES = column('newOpportunities', 'count', '新增商机数', 'New opportunities');
export const OPPORTUNITY_AMOUNT = column('opportunityAmount', 'money', '商机金额', 'Opportunity amount');
export const WON_OPPORTUNITIES = column('wonOpportunities', 'count', '赢单商机数', 'Won opportunities');
export const CONTRACT_AMOUNT = column('contractAmount', 'money', '合同金额', 'Contract amount');
export const RECEIVED_AMOUNT = column('receivedAmount', 'money', '回款金额', 'Amount received');
export const FOLLOW_UPS_COUNT = column('followUps', 'count', '跟进次数', 'Follow-ups');
export const FOLLOWED_CUSTOMERS = column('followedCustomers', 'count', '跟进客户数', 'Customers followed');
export const PUT_IN_POOL = column('putInPool', 'count', '进入公海客户数', 'Put into the pool');
export const TAKEN_FROM_POOL = column('takenFromPool', 'count', '公海领取客户数', 'Taken from the pool');
export const TARGET = column('target', 'money', '目标金额', 'Target');
export const DONE = column('done', 'money', '完成金额', 'Done');
export const RATE = column('rate', 'percent', '完成率', 'Completion rate');
export const CUSTOMER_COUNT = column('customers', 'count', '全部客户数', 'Customers');
export const AVG_DAYS = column('avgDays', 'days', '平均成交周期', 'Average days to deal');
