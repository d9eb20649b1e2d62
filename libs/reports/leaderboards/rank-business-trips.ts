import { boardReport } from './board';

export default boardReport('rank-business-trips', {
  'zh-CN': '已生效出差申请的行程数，按行程出发日期，计入申请人。',
  en: 'Number of trips of effective business-trip applications by start of the trip, credited to the applicant.',
});
