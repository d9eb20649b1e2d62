import { boardReport } from './board';

export default boardReport('rank-new-contacts', {
  'zh-CN': '按创建日期新增的联系人数，计入创建人。',
  en: 'Number of contacts by creation date, credited to the creator.',
});
