/** The meaning of columns, by key, and where a report means something of its own, by `report.key`. */
import type { Names } from './columns';

type Terms = Readonly<Record<string, Names>>;

const means = (zh: string, en: string): Names => ({ 'zh-CN': zh, en });

export const TERMS: Terms = {
  newCustomers: means('期间内创建的客户数。', 'Customers created in the period.'),
  dealCustomers: means(
    '期间内创建、现在已成交的客户数（不是在期间内成交的）。',
    'Of the customers created in the period, those that are deals now (not: that became deals in it).',
  ),
  dealRate: means('成交客户数 / 新增客户数。', 'Deal customers / new customers.'),
  conversionRate: means('成交客户数 / 新增客户数。', 'Deal customers / new customers.'),
  customers: means('期间内创建的客户数。', 'Customers created in the period.'),
  newContacts: means('期间内创建的联系人数。', 'Contacts created in the period.'),
  newOpportunities: means(
    '期间内创建的商机数，不论现在的结果。',
    'Opportunities created in the period, whatever became of them.',
  ),
  opportunityAmount: means('这些商机的金额合计。', 'Sum of the amounts of those opportunities.'),
  wonOpportunities: means('期间内创建、现在已赢单的商机数。', 'Of those opportunities, the ones won now.'),
  lostOpportunities: means('期间内创建、现在已输单的商机数。', 'Of those opportunities, the ones lost now.'),
  winRate: means(
    '赢单商机数 / 新增商机数；输单、无效与进行中的都留在分母里。',
    'Won / new opportunities; lost, invalid and open ones stay in the denominator.',
  ),
  newContracts: means('期间内签约的有效合同数。', 'Effective contracts with order date in the period.'),
  signedContracts: means('期间内签约的有效合同数。', 'Effective contracts with order date in the period.'),
  contractCount: means('期间内签约的有效合同数。', 'Effective contracts with order date in the period.'),
  contractAmount: means(
    '期间内签约的有效合同的金额合计。',
    'Sum of the amounts of effective contracts with order date in the period.',
  ),
  receivedAmount: means(
    '回款日期在期间内的有效回款合计。',
    'Sum of effective payments with return date in the period.',
  ),
  unreceivedAmount: means(
    '合同金额 − 回款金额；多付时为负数。',
    'Contract amount − amount received; negative when overpaid.',
  ),
  invoicedAmount: means(
    '开票日期在期间内、已开出的有效发票合计。',
    'Sum of effective, issued invoices with issue date in the period.',
  ),
  followUps: means('期间内的跟进次数（任何对象）。', 'Follow-ups in the period, on any target.'),
  followedCustomers: means(
    '期间内至少被跟进一次的客户数，同一客户只计一次。',
    'Distinct customers followed at least once in the period.',
  ),
  putInPool: means(
    '期间内进入公海的次数（人工或按规则），原负责人在范围内。',
    'Moves into the pool in the period, by hand or by rule, whose previous owner is in scope.',
  ),
  takenFromPool: means(
    '期间内从公海领取或分配的次数，新负责人在范围内。',
    'Claims and assignments from the pool in the period, whose new owner is in scope.',
  ),
  avgDays: means(
    '从创建日期到成交日期的日历天数（至少为 0）的平均值，每个客户计一次；没有成交日期的不计入平均。',
    'Mean calendar days from creation to deal, at least 0, each customer once; customers without deal date are left out of the mean.',
  ),
  visits: means(
    '期间内关联合同的回访数，没有回答的也计入。',
    'Return visits in the period that are linked to a contract, with or without answer.',
  ),
  counts: means('每个满意度选项的回访数。', 'Return visits by answer, one number per option.'),
  target: means(
    '整月目标之和；期间不是由整月组成时没有目标。',
    'Sum of the targets of the months; none unless the period is made of whole months.',
  ),
  done: means(
    '按所选指标：有效合同金额（签约日期）或有效回款金额（回款日期）。',
    'By the metric: effective contracts by order date, or effective payments by return date.',
  ),
  rate: means('完成金额 / 目标金额。', 'Done / target.'),
  targetRate: means(
    '数值 / 本人目标；无权查看其数据的同事为空。',
    "Value / the employee's own target; empty for colleagues whose numbers the caller may not see.",
  ),
  momGrowth: means(
    '环比：（本月 − 上月）/ 上月；上月为 0 或本月尚未开始时为空。',
    '(This month − the month before) / the month before; empty when that is 0 or the month has not begun.',
  ),
  yoyGrowth: means(
    '同比：（本月 − 去年同月）/ 去年同月；去年同月为 0 或本月尚未开始时为空。',
    '(This month − the same month last year) / that month; empty when that is 0 or the month has not begun.',
  ),
  count: means('现在处于该阶段、进行中的商机数。', 'Open opportunities that are in the stage now.'),
  amount: means(
    '现在处于该阶段、进行中的商机金额合计。',
    'Sum of the open opportunities that are in the stage now.',
  ),
  allAmount: means(
    '期间内创建的全部商机金额，不论结果。',
    'All opportunities created in the period, of any end state.',
  ),
  wonAmount: means('其中已赢单的金额。', 'Those of them won now.'),
  lostAmount: means('其中已输单的金额。', 'Those of them lost now.'),
  newNotFollowed: means(
    '期间内创建的客户中，同一期间没有被范围内的人跟进过的。',
    'Of the customers created in the period, those that nobody in scope followed in it.',
  ),
  expiringContracts: means(
    '到期日期在今天起若干天内（含）的有效合同，不限期间；设置关闭时为空。',
    'Effective contracts that end from today to so many days from now; whatever the period; empty when switched off.',
  ),
  expiredContracts: means(
    '到期日期早于今天的有效合同，不限期间；设置关闭时为空。',
    'Effective contracts that ended before today; whatever the period; empty when switched off.',
  ),
  plannedAmount: means(
    '计划日期在期间内的回款计划中尚未回款的部分之和；合同须待审、审批中或有效。',
    'What payment plans dated in the period still lack, over contracts that are pending, in review or effective.',
  ),
  over7: means(
    '超过 7 天没有跟进的未成交客户。',
    'Customers without a deal not followed for more than 7 days.',
  ),
  over15: means(
    '超过 15 天没有跟进的未成交客户。',
    'Customers without a deal not followed for more than 15 days.',
  ),
  over30: means(
    '超过 30 天没有跟进的未成交客户。',
    'Customers without a deal not followed for more than 30 days.',
  ),
  over90: means(
    '超过 90 天没有跟进的未成交客户。',
    'Customers without a deal not followed for more than 90 days.',
  ),
  over180: means(
    '超过 180 天没有跟进的未成交客户。',
    'Customers without a deal not followed for more than 180 days.',
  ),
  overdueContact: means(
    '下次联系日期早于今天、且之后再没有跟进的客户（不论是否成交）。',
    'Customers whose next contact date has passed without a follow-up since, deal or not.',
  ),
  invoicedNotReceived: means(
    '当月开票的合同中，这些发票超出该合同全部有效回款的部分之和；没有合同的发票全额计入。',
    'Over contracts invoiced in the month: those invoices beyond all effective payments of the contract; an invoice without contract in full.',
  ),
  receivedNotInvoiced: means(
    '当月回款的合同中，这些回款超出该合同全部已开发票的部分之和。',
    'Over contracts paid in the month: those payments beyond all issued invoices of the contract.',
  ),
  amountShare: means(
    '该合同金额 / 全部行的合同金额。',
    'Contract amount / the contract amounts of all rows.',
  ),
  receivedRatio: means('回款金额 / 合同金额。', 'Amount received / contract amount.'),
  invoicedRatio: means('开票金额 / 合同金额。', 'Amount invoiced / contract amount.'),
  uninvoicedAmount: means(
    '合同金额 − 开票金额；多开时为负数。',
    'Contract amount − amount invoiced; negative when invoiced beyond it.',
  ),
  quantity: means('产品明细的数量之和。', 'Sum of the quantities of the lines.'),
  value: means('该月的数值。', 'The value of the month.'),
  self: means('本人所在的一行；未上榜时为空。', "The caller's own row; empty when not listed."),
};

/** Every amount received on the contracts of the report, at any date. */
const RECEIVED_ON_CONTRACTS = means(
  '这些合同的有效回款合计，不论回款日期与负责人。',
  'Effective payments on those contracts, whatever their date and owner.',
);

export const REPORT_TERMS: Terms = {
  'sales-briefing.followUps': means('期间内的跟进与签到次数。', 'Follow-ups and check-ins in the period.'),
  'contract-summary.receivedAmount': RECEIVED_ON_CONTRACTS,
  'amount-ratio-detail.receivedAmount': RECEIVED_ON_CONTRACTS,
  'amount-ratio-detail.contractAmount': means('合同金额。', 'Amount of the contract.'),
  'amount-ratio-detail.invoicedAmount': means(
    '该合同已开出的有效发票合计，不论开票日期。',
    'Effective, issued invoices on the contract, of any date.',
  ),
  'product-sales.contractCount': means(
    '含有该产品的合同数，同一合同计一次。',
    'Distinct contracts that contain the product.',
  ),
  'product-sales.amount': means(
    '产品明细小计之和：明细折扣之后、整单折扣之前，因此不必等于合同金额。',
    'Sum of the line subtotals: after line discounts, before the whole-order discount, so it need not add up to contract amounts.',
  ),
  'deal-cycle-product.dealCustomers': means(
    '其中在有效合同里买了该产品的客户数，同一客户每个产品计一次。',
    'Those of them with an effective contract that contains the product, each customer once per product.',
  ),
  'satisfaction-product.visits': means(
    '期间内所关联合同含有该产品的回访数，同一回访计一次。',
    'Distinct return visits in the period whose contract contains the product.',
  ),
  'contract-count-trend.value': means(
    '该月签约的有效合同数。',
    'Effective contracts with order date in the month.',
  ),
  'contract-amount-trend.value': means(
    '该月签约的有效合同金额。',
    'Amount of effective contracts with order date in the month.',
  ),
  'receivable-amount-trend.value': means(
    '该月的有效回款金额。',
    'Effective payments with return date in the month.',
  ),
  'dashboard-leaderboard.value': means('按所选指标的数值。', 'Value by the chosen metric.'),
  'rank-contract-amount.value': means('有效合同金额合计。', 'Sum of the amounts of effective contracts.'),
  'rank-receivable-amount.value': means('有效回款金额合计。', 'Sum of effective payments.'),
  'rank-contract-count.value': means('有效合同数。', 'Number of effective contracts.'),
  'rank-new-customers.value': means('新增客户数。', 'Number of customers created.'),
  'rank-product-quantity.value': means(
    '有效合同的产品数量合计。',
    'Sum of the quantities on effective contracts.',
  ),
  'rank-new-contacts.value': means(
    '新增联系人数，计在创建人名下。',
    'Number of contacts created, for who created them.',
  ),
  'rank-follow-ups.value': means('跟进次数。', 'Number of follow-ups.'),
  'rank-followed-customers.value': means('跟进过的不同客户数。', 'Number of distinct customers followed.'),
  'rank-business-trips.value': means('有效出差申请的行程数。', 'Number of legs of effective business trips.'),
  'customer-city.value': means(
    '省份；未填写或无法识别的为未知。',
    'Province; 未知 where it is blank or not recognised.',
  ),
  'deal-cycle-region.value': means(
    '省份；未填写或无法识别的为未知。',
    'Province; 未知 where it is blank or not recognised.',
  ),
  'customer-industry.value': means('客户行业；未填写的为未知。', 'Industry; 未知 where it is blank.'),
  'customer-level.value': means('客户级别；未填写的为未知。', 'Level; 未知 where it is blank.'),
  'customer-source.value': means('客户来源；未填写的为未知。', 'Source; 未知 where it is blank.'),
};
