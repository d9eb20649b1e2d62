import { decimal, minor } from '../amounts';
import { column } from '../columns';
import { CONTRACTS } from '../sources';
import { trendReport } from './trend';

export default trendReport({
  id: 'contract-amount-trend',
  name: { 'zh-CN': '合同金额分析', en: 'Contract amount' },
  about: {
    'zh-CN': '一年中每月签约的有效合同金额，及其环比与同比。',
    en: 'Amount of effective contracts per month of the order date, with growth on the month before and the year before.',
  },
  source: CONTRACTS,
  aggregate: 'sum(amount)',
  value: column('value', 'money', '合同金额', 'Contract amount'),
  read: (amount) => minor(String(amount)),
  show: decimal,
});
