/** Provinces as the fixed rows of regional reports. */
import type { Customer } from '#crm';

export const UNKNOWN = '未知';

/** Short name → official name, in the order of the report's rows. */
export const PROVINCES: Readonly<Record<string, string>> = {
  北京: '北京市',
  上海: '上海市',
  天津: '天津市',
  广东: '广东省',
  浙江: '浙江省',
  海南: '海南省',
  福建: '福建省',
  湖南: '湖南省',
  湖北: '湖北省',
  重庆: '重庆市',
  辽宁: '辽宁省',
  吉林: '吉林省',
  黑龙江: '黑龙江省',
  河南: '河南省',
  河北: '河北省',
  陕西: '陕西省',
  甘肃: '甘肃省',
  宁夏: '宁夏回族自治区',
  西藏: '西藏自治区',
  新疆: '新疆维吾尔自治区',
  青海: '青海省',
  四川: '四川省',
  广西: '广西壮族自治区',
  贵州: '贵州省',
  江西: '江西省',
  江苏: '江苏省',
  云南: '云南省',
  内蒙古: '内蒙古自治区',
  山东: '山东省',
  山西: '山西省',
  安徽: '安徽省',
  香港: '香港特别行政区',
  澳门: '澳门特别行政区',
  台湾: '台湾省',
};

/** All rows of a regional report: 31 mainland provinces, 香港 澳门 台湾, 未知. */
export const PROVINCE_ROWS: readonly string[] = [...Object.keys(PROVINCES), UNKNOWN];

/** The row a customer belongs to: its province by short or official name, else 未知. */
export function provinceOf(customer: Customer): string {
  const named = customer.province?.trim() ?? '';
  return Object.keys(PROVINCES).find((name) => named === name || named === PROVINCES[name]) ?? UNKNOWN;
}
