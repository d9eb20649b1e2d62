import { profileReport } from './values';

export default profileReport(
  'customer-industry',
  'industry',
  { 'zh-CN': '客户行业分析', en: 'Customers by industry' },
  {
    'zh-CN': '期间内创建的客户及其中现已成交的客户，按客户行业统计。',
    en: 'Customers created in the period and how many of them are deals now, by industry.',
  },
  { 'zh-CN': '客户行业', en: 'Industry' },
);
