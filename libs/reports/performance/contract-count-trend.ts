import { column } from '../columns';
import { CONTRACTS } from '../sources';
import { trendReport } from './trend';

export default trendReport({
  id: 'contract-count-trend',
  name: { 'zh-CN': '合同数量分析', en: 'Contract count' },
  about: {
    'zh-CN': '一年中每月签约的有效合同份数，及其环比与同比。',
    en: 'Effective contracts per month of the order date, with growth on the month before and the year before.',
  },
  source: CONTRACTS,
  aggregate: 'count()',
  value: column('value', 'count', '合同数量', 'Contracts'),
  read: BigInt,
  show: Number,
});
