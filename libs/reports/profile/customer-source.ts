import { profileReport } from './values';

export default profileReport(
  'customer-source',
  'source',
  { 'zh-CN': '客户来源分析', en: 'Customers by source' },
  {
    'zh-CN': '期间内创建的客户及其中现已成交的客户，按客户来源统计。',
    en: 'Customers created in the period and how many of them are deals now, by source.',
  },
  { 'zh-CN': '客户来源', en: 'Source' },
);
