/** The columns of lists of records, by the fields that records of each kind have. */
import type { Column, ColumnType, Names, Row } from '../api/types';
import { label } from '../i18n';

type Named = readonly [key: string, type: ColumnType, zh: string, en: string];

/** In the order of the screen; a list shows those that its records have. */
const FIELDS: readonly Named[] = [
  ['number', 'text', '单据号', 'No.'],
  ['name', 'text', '名称', 'Name'],
  ['customerName', 'text', '客户', 'Customer'],
  ['contractNumber', 'text', '合同编号', 'Contract no.'],
  ['contractName', 'text', '合同', 'Contract'],
  ['kind', 'choice', '类型', 'Kind'],
  ['targetType', 'choice', '对象', 'Target'],
  ['method', 'text', '方式', 'Method'],
  ['direction', 'choice', '方向', 'Direction'],
  ['reason', 'choice', '原因', 'Reason'],
  ['pipelineName', 'text', '商机组', 'Pipeline'],
  ['stageName', 'text', '阶段', 'Stage'],
  ['endState', 'choice', '结果', 'Result'],
  ['amount', 'money', '金额', 'Amount'],
  ['contractAmount', 'money', '合同金额', 'Contract amount'],
  ['receivedAmount', 'money', '回款金额', 'Amount received'],
  ['openAmount', 'money', '待回款', 'Still to be received'],
  ['lineQuantity', 'quantity', '产品数量', 'Quantity'],
  ['lineAmount', 'money', '产品金额', 'Amount of lines'],
  ['quantity', 'quantity', '数量', 'Quantity'],
  ['counted', 'count', '计入次数', 'Counted'],
  ['dealStatus', 'choice', '成交状态', 'Deal'],
  ['status', 'choice', '审批', 'Approval'],
  ['satisfaction', 'text', '满意度', 'Answer'],
  ['level', 'text', '级别', 'Level'],
  ['industry', 'text', '行业', 'Industry'],
  ['source', 'text', '来源', 'Source'],
  ['province', 'text', '省份', 'Province'],
  ['mobile', 'text', '手机', 'Mobile'],
  ['phone', 'text', '电话', 'Phone'],
  ['ownerName', 'text', '负责人', 'Owner'],
  ['authorName', 'text', '跟进人', 'Author'],
  ['creatorName', 'text', '创建人', 'Creator'],
  ['employeeName', 'text', '员工', 'Employee'],
  ['visitorName', 'text', '回访人', 'Visitor'],
  ['applicantName', 'text', '申请人', 'Applicant'],
  ['departmentName', 'text', '部门', 'Department'],
  ['orderDate', 'date', '签约日期', 'Order date'],
  ['endDate', 'date', '到期日期', 'End date'],
  ['returnDate', 'date', '回款日期', 'Return date'],
  ['issueDate', 'date', '开票日期', 'Issue date'],
  ['plannedDate', 'date', '计划日期', 'Planned'],
  ['expectedDealOn', 'date', '预计成交', 'Expected'],
  ['dealAt', 'instant', '成交时间', 'Deal on'],
  ['closedAt', 'instant', '结束时间', 'Closed'],
  ['movedAt', 'instant', '变动时间', 'Moved'],
  ['visitedAt', 'instant', '回访时间', 'Visited'],
  ['nextContactAt', 'instant', '下次联系', 'Next contact'],
  ['createdAt', 'instant', '创建时间', 'Created'],
  ['id', 'id', '编号', 'Id'],
];

/** Columns for these records: known fields that any of them has a value for; all unknown ones stay out. */
export function recordColumns(rows: readonly Row[]): Column[] {
  const has = (key: string): boolean =>
    rows.some((row) => row[key] !== null && row[key] !== undefined && row[key] !== '');
  return FIELDS.filter(([key]) => has(key)).map(([key, type, zh, en]) => ({
    key,
    type,
    label: { 'zh-CN': zh, en },
  }));
}

/** Words of the CRM's closed lists. */
const CHOICES: Readonly<Record<string, Names>> = {
  deal: { 'zh-CN': '已成交', en: 'deal' },
  'not-deal': { 'zh-CN': '未成交', en: 'not a deal' },
  open: { 'zh-CN': '进行中', en: 'open' },
  won: { 'zh-CN': '赢单', en: 'won' },
  lost: { 'zh-CN': '输单', en: 'lost' },
  invalid: { 'zh-CN': '无效', en: 'invalid' },
  draft: { 'zh-CN': '草稿', en: 'draft' },
  pending: { 'zh-CN': '待审核', en: 'pending' },
  'in-review': { 'zh-CN': '审核中', en: 'in review' },
  approved: { 'zh-CN': '已通过', en: 'approved' },
  rejected: { 'zh-CN': '已拒绝', en: 'rejected' },
  withdrawn: { 'zh-CN': '已撤回', en: 'withdrawn' },
  void: { 'zh-CN': '已作废', en: 'void' },
  'no-approval': { 'zh-CN': '无需审批', en: 'no approval needed' },
  'follow-up': { 'zh-CN': '跟进', en: 'follow-up' },
  'check-in': { 'zh-CN': '签到', en: 'check-in' },
  lead: { 'zh-CN': '线索', en: 'lead' },
  customer: { 'zh-CN': '客户', en: 'customer' },
  contact: { 'zh-CN': '联系人', en: 'contact' },
  opportunity: { 'zh-CN': '商机', en: 'opportunity' },
  contract: { 'zh-CN': '合同', en: 'contract' },
  other: { 'zh-CN': '其他', en: 'other' },
  'put-in': { 'zh-CN': '进入公海', en: 'put into the pool' },
  taken: { 'zh-CN': '领取', en: 'taken from the pool' },
  manual: { 'zh-CN': '手动', en: 'by hand' },
  rule: { 'zh-CN': '规则', en: 'by rule' },
  assigned: { 'zh-CN': '分配', en: 'assigned' },
  claimed: { 'zh-CN': '认领', en: 'claimed' },
};

/** A value of a closed list in words; one that is not known stands as it is. */
export const choiceName = (value: string): string => label(CHOICES[value]) || value;
