/** The provinces of China as the profile shows them. */

/** The 31 of the mainland in the fixed order of the city analysis, then Hong Kong, Macau and Taiwan. */
const PROVINCES = (
  '北京 上海 天津 广东 浙江 海南 福建 湖南 湖北 重庆 辽宁 吉林 黑龙江 河南 河北 陕西 甘肃 宁夏 西藏 新疆 ' +
  '青海 四川 广西 贵州 江西 江苏 云南 内蒙古 山东 山西 安徽 香港 澳门 台湾'
).split(' ');

/** What a value is called that is blank or not recognised. */
export const UNKNOWN = '未知';

const SUFFIXES: Readonly<Record<string, string>> = {
  北京: '市',
  上海: '市',
  天津: '市',
  重庆: '市',
  内蒙古: '自治区',
  西藏: '自治区',
  宁夏: '回族自治区',
  新疆: '维吾尔自治区',
  广西: '壮族自治区',
  香港: '特别行政区',
  澳门: '特别行政区',
};

const byName = new Map(
  PROVINCES.flatMap((short) => [
    [short, short],
    [`${short}${SUFFIXES[short] ?? '省'}`, short],
  ]),
);

/** The short name of a province given by its short or full name; {@link UNKNOWN} for anything else. */
export const provinceOf = (name: string): string => byName.get(name.trim()) ?? UNKNOWN;

/** Groups by recorded value, put together by province: every province in order, then unknown. */
export function byProvince<F extends { value: string }>(
  groups: readonly F[],
): { value: string; found: F[] }[] {
  const provinces = new Map<string, F[]>([...PROVINCES, UNKNOWN].map((province) => [province, []]));
  for (const group of groups) provinces.get(provinceOf(group.value))?.push(group);
  return [...provinces].map(([value, found]) => ({ value, found }));
}
