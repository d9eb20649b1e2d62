import { boardReport } from './board';

export default boardReport('rank-contract-amount', {
  'zh-CN': '有效合同按签约日期的金额之和，计入合同负责人。',
  en: 'Amount of effective contracts by order date, credited to the owner.',
});
