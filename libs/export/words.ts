/** The words of files that stand in no declaration, in both languages. */
import { VALUE_NAMES } from '#crm';
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

/** A text as people read it: values of enumerations by their names, anything else as it is. */
export const readable = (key: string, value: string, language: Language): string =>
  VALUE_NAMES[key]?.[value]?.[language] ?? value;
