import { boardReport } from './board';

export default boardReport('rank-new-customers', {
  'zh-CN': '按创建日期新增的客户数，计入现负责人。',
  en: 'Number of customers by creation date, credited to the current owner.',
});
