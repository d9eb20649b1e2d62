/** What each number of each report means, and what it counts: the words of the catalogue and the handbook. */
import { REPORT_TERMS, TERMS } from './terms';
import type { Column, Names } from './columns';

/** What a column of a report means; null for one that only says what its row is. */
export const meaningOf = (report: string, { key }: Pick<Column, 'key'>): Names | null =>
  REPORT_TERMS[`${report}.${key}`] ?? TERMS[key] ?? null;

/** Records that count, the date that places them in a period, and whose they are. */
export interface Basis {
  what: Names;
  date: Names;
  credit: Names;
}

const names = (zh: string, en: string): Names => ({ 'zh-CN': zh, en });

const CREATED = names('创建日期', 'creation');
const OWNER = names('当前负责人', 'current owner');
const EFFECTIVE = names('审批通过或无需审批', 'approved, or without an approval flow');

const effective = (zh: string, en: string): Names =>
  names(`${zh}（${EFFECTIVE['zh-CN']}）`, `${en} (${EFFECTIVE.en})`);

const BASES = {
  customers: { what: names('客户', 'Customers'), date: CREATED, credit: OWNER },
  allCustomers: {
    what: names('客户（不限期间）', 'Customers, whatever the period'),
    date: names('最近跟进日期，没有则为创建日期', 'last follow-up, else creation'),
    credit: OWNER,
  },
  contacts: { what: names('联系人', 'Contacts'), date: CREATED, credit: OWNER },
  opportunities: {
    what: names('商机（不论结果）', 'Opportunities of any end state'),
    date: CREATED,
    credit: OWNER,
  },
  contracts: { what: effective('合同', 'Contracts'), date: names('签约日期', 'order date'), credit: OWNER },
  receivables: {
    what: effective('回款', 'Payments received'),
    date: names('回款日期', 'return date'),
    credit: names('回款的负责人', 'owner of the payment'),
  },
  plans: {
    what: names('回款计划', 'Payment plans'),
    date: names('计划回款日期', 'planned date'),
    credit: names('计划的负责人', 'owner of the plan'),
  },
  invoices: {
    what: names('已开出的有效发票', 'Invoices that are effective and issued'),
    date: names('开票日期', 'issue date'),
    credit: names('发票的负责人', 'owner of the invoice'),
  },
  followUps: { what: names('跟进记录', 'Follow-ups'), date: CREATED, credit: names('跟进人', 'author') },
  contactsMade: {
    what: names('跟进记录与签到', 'Follow-ups and check-ins'),
    date: CREATED,
    credit: names('跟进人', 'author'),
  },
  poolMoves: {
    what: names('公海变动（按次）', 'Moves into and out of the public pool'),
    date: names('变动时间', 'time of the move'),
    credit: names('失去或得到客户的人', 'who lost or gained the customer'),
  },
  returnVisits: {
    what: names('关联合同的回访（合同状态不限）', 'Return visits linked to a contract, whatever its status'),
    date: names('回访时间', 'time of the visit'),
    credit: names('回访人', 'visitor'),
  },
  lines: {
    what: names('有效合同的产品明细', 'Product lines of effective contracts'),
    date: names('签约日期', 'order date'),
    credit: names('合同的负责人', 'owner of the contract'),
  },
  goals: {
    what: names('业绩目标', 'Goals'),
    date: names('整月', 'whole months'),
    credit: names('部门（直属成员）或员工', 'department (its direct members) or employee'),
  },
  trips: {
    what: effective('出差申请的行程', 'Legs of business trips'),
    date: names('行程开始日期', 'start of the leg'),
    credit: names('申请人', 'applicant'),
  },
  contactsByCreator: { what: names('联系人', 'Contacts'), date: CREATED, credit: names('创建人', 'creator') },
} satisfies Record<string, Basis>;

type BasisName = keyof typeof BASES;

const OF_REPORTS: Readonly<Record<string, readonly BasisName[]>> = {
  'sales-briefing': ['customers', 'contacts', 'opportunities', 'contracts', 'receivables', 'contactsMade'],
  'contract-target-completion': ['contracts', 'receivables', 'goals'],
  'data-summary': [
    'customers',
    'poolMoves',
    'followUps',
    'opportunities',
    'contracts',
    'receivables',
    'plans',
  ],
  'dashboard-funnel': ['opportunities'],
  'goal-completion-rate': ['receivables', 'contracts', 'goals'],
  'dashboard-leaderboard': [
    'receivables',
    'contracts',
    'customers',
    'contactsByCreator',
    'followUps',
    'goals',
  ],
  'forgotten-customers': ['allCustomers'],
  'customer-total': ['customers', 'contracts', 'receivables'],
  'customer-follow-up': ['followUps'],
  'customer-conversion': ['customers'],
  'pool-customers': ['poolMoves'],
  'deal-cycle-employee': ['customers'],
  'deal-cycle-region': ['customers'],
  'deal-cycle-product': ['customers'],
  'satisfaction-employee': ['returnVisits'],
  'satisfaction-product': ['returnVisits'],
  'sales-funnel': ['opportunities'],
  'new-opportunities': ['opportunities'],
  'opportunity-conversion': ['opportunities'],
  'contract-count-trend': ['contracts'],
  'contract-amount-trend': ['contracts'],
  'receivable-amount-trend': ['receivables'],
  'contract-summary': ['contracts'],
  'invoice-statistics': ['receivables', 'invoices'],
  'amount-ratio-detail': ['contracts'],
  'customer-city': ['customers'],
  'customer-industry': ['customers'],
  'customer-level': ['customers'],
  'customer-source': ['customers'],
  'product-sales': ['lines'],
  'product-category-sales': ['lines'],
  'goal-completion': ['contracts', 'receivables', 'goals'],
  'rank-contract-amount': ['contracts'],
  'rank-receivable-amount': ['receivables'],
  'rank-contract-count': ['contracts'],
  'rank-new-customers': ['customers'],
  'rank-product-quantity': ['lines'],
  'rank-new-contacts': ['contactsByCreator'],
  'rank-follow-ups': ['followUps'],
  'rank-followed-customers': ['followUps'],
  'rank-business-trips': ['trips'],
};

/** What a report counts. */
export const basesOf = (report: string): Basis[] => (OF_REPORTS[report] ?? []).map((name) => BASES[name]);
