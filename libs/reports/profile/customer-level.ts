import { profileReport } from './values';

export default profileReport(
  'customer-level',
  'level',
  { 'zh-CN': '客户级别分析', en: 'Customers by level' },
  {
    'zh-CN': '期间内创建的客户及其中现已成交的客户，按客户级别统计。',
    en: 'Customers created in the period and how many of them are deals now, by level.',
  },
  { 'zh-CN': '客户级别', en: 'Level' },
);
