/** The words of files that stand in no declaration, in both languages. */
import type { Language, Names } from '#reports';

const words = (zh: string, en: string): Names => ({ 'zh-CN': zh, en });

export const WORDS = {
  headline: words('汇总', 'Summary'),
  series: words('趋势', 'Trend'),
  rows: words('明细', 'Details'),
  self: words('本人', 'Myself'),
  records: words('记录', 'Records'),
  cover: words('说明', 'About'),
  total: words('合计', 'Total'),
  figure: words('指标', 'Figure'),
  value: words('数值', 'Value'),
  previousValue: words('上期', 'Previous period'),
  growth: words('环比增长', 'Growth'),
  toDatePreviousValue: words('上期同期', 'Previous period to date'),
  toDateGrowth: words('同期增长', 'Growth to date'),
  report: words('报表', 'Report'),
  about: words('统计口径', 'What it says'),
  period: words('时间', 'Period'),
  asOf: words('统计基准日', 'As of this day'),
  scope: words('范围', 'Scope'),
  timeZone: words('时区', 'Time zone'),
  currency: words('币种', 'Currency'),
  complete: words('数据截至', 'Complete up to'),
  column: words('指标', 'Figure'),
  bucket: words('时间段', 'Bucket'),
  row: words('行', 'Row'),
  count: words('记录数', 'Records'),
  yes: words('是', 'Yes'),
  no: words('否', 'No'),
  everything: words('全部', 'Everybody'),
  permitted: words('权限范围内', 'All that may be seen'),
  oneself: words('本人', 'Oneself'),
  'self-and-subordinates': words('本人及下属', 'Oneself and subordinates'),
  'own-department': words('本部门', 'Own department'),
  'department-tree': words('本部门及下属部门', 'Own department with sub-departments'),
} as const;

export type Word = keyof typeof WORDS;

export const word = (name: Word, language: Language): string => WORDS[name][language];

/** Values of enumerations, by the field that holds them. */
const VALUES: Readonly<Record<string, Readonly<Record<string, Names>>>> = {
  status: {
    draft: words('草稿', 'Draft'),
    pending: words('待审批', 'Pending'),
    'in-review': words('审批中', 'In review'),
    approved: words('已通过', 'Approved'),
    rejected: words('已驳回', 'Rejected'),
    withdrawn: words('已撤回', 'Withdrawn'),
    void: words('已作废', 'Void'),
    'no-approval': words('无需审批', 'No approval'),
  },
  dealStatus: { deal: words('已成交', 'Deal'), 'not-deal': words('未成交', 'No deal') },
  endState: {
    open: words('进行中', 'Open'),
    won: words('赢单', 'Won'),
    lost: words('输单', 'Lost'),
    invalid: words('无效', 'Invalid'),
  },
  kind: {
    'follow-up': words('跟进', 'Follow-up'),
    'check-in': words('签到', 'Check-in'),
    other: words('其他', 'Other'),
  },
  targetType: {
    lead: words('线索', 'Lead'),
    customer: words('客户', 'Customer'),
    contact: words('联系人', 'Contact'),
    opportunity: words('商机', 'Opportunity'),
    contract: words('合同', 'Contract'),
    other: words('其他', 'Other'),
  },
  direction: { 'put-in': words('进入公海', 'Put in'), taken: words('领取', 'Taken') },
  reason: {
    manual: words('手动', 'By hand'),
    rule: words('规则', 'By rule'),
    assigned: words('分配', 'Assigned'),
    claimed: words('领取', 'Claimed'),
  },
  subjectType: { department: words('部门', 'Department'), employee: words('员工', 'Employee') },
};

/** A text as people read it: values of enumerations by their names, anything else as it is. */
export const readable = (key: string, value: string, language: Language): string =>
  VALUES[key]?.[value]?.[language] ?? value;
