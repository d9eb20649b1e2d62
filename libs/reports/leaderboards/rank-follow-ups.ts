import { boardReport } from './board';

export default boardReport('rank-follow-ups', {
  'zh-CN': '按跟进日期的跟进次数，计入跟进人。',
  en: 'Number of follow-ups by date, credited to the author.',
});
