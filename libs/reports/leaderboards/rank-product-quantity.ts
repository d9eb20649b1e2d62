import { boardReport } from './board';

export default boardReport('rank-product-quantity', {
  'zh-CN': '有效合同按签约日期的产品销售数量之和，计入合同负责人。',
  en: 'Quantity of products on effective contracts by order date, credited to the owner.',
});
