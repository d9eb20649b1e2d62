import { boardReport } from './board';

export default boardReport('rank-contract-count', {
  'zh-CN': '有效合同按签约日期的份数，计入合同负责人。',
  en: 'Number of effective contracts by order date, credited to the owner.',
});
