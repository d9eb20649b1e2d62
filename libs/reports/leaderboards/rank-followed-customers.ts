import { boardReport } from './board';

export default boardReport('rank-followed-customers', {
  'zh-CN': '按跟进日期跟进过的客户数（去重），计入跟进人。',
  en: 'Number of distinct customers followed up, credited to the author.',
});
