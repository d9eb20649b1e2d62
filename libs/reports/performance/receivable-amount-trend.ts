import { decimal, minor } from '../amounts';
import { column } from '../columns';
import { RECEIVABLES } from '../sources';
import { trendReport } from './trend';

export default trendReport({
  id: 'receivable-amount-trend',
  name: { 'zh-CN': '回款金额分析', en: 'Payments received' },
  about: {
    'zh-CN': '一年中每月的有效回款金额，及其环比与同比。',
    en: 'Effective payments received per month of the return date, with growth on the month before and the year before.',
  },
  source: RECEIVABLES,
  aggregate: 'sum(amount)',
  value: column('value', 'money', '回款金额', 'Amount received'),
  read: (amount) => minor(String(amount)),
  show: decimal,
});
