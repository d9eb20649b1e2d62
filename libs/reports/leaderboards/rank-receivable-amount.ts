import { boardReport } from './board';

export default boardReport('rank-receivable-amount', {
  'zh-CN': '有效回款按回款日期的金额之和，计入回款负责人。',
  en: 'Amount of effective payments received by return date, credited to the owner of the payment.',
});
