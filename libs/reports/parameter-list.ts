/** The parameters of a report as the catalogue and the documents list them. */
import { PRESETS } from '#calendar';
import { TARGET_METRICS } from '#metrics';
import type { Names } from './columns';
import { CARD_BOARDS, declaredParameters, DEFAULT_LIMIT, LANGUAGES, MAX_LIMIT, SCOPES } from './parameters';
import type { AnyReport } from './report';

export interface ParameterInfo {
  name: string;
  label: Names;
  type: 'choice' | 'date' | 'id' | 'integer';
  /** Of a choice. */
  values?: readonly string[];
  default?: string | number;
  /** Of an integer. */
  minimum?: number;
  maximum?: number;
}

const info = (
  type: ParameterInfo['type'],
  zh: string,
  en: string,
  more: Partial<ParameterInfo> = {},
): Omit<ParameterInfo, 'name'> => ({ label: { 'zh-CN': zh, en }, type, ...more });

const PARAMETERS: Readonly<Record<string, Omit<ParameterInfo, 'name'>>> = {
  preset: info('choice', '时间', 'Period', { values: PRESETS }),
  from: info('date', '开始日期', 'From'),
  to: info('date', '结束日期', 'To'),
  year: info('integer', '年份', 'Year'),
  departmentId: info('id', '部门（含下级）', 'Department with its sub-departments'),
  employeeId: info('id', '员工', 'Employee'),
  scope: info('choice', '范围', 'Scope', { values: SCOPES }),
  pipelineId: info('id', '商机组', 'Pipeline'),
  categoryId: info('id', '产品分类（含下级）', 'Product category with its sub-categories'),
  metric: info('choice', '指标', 'Metric', { values: Object.keys(TARGET_METRICS) }),
  subjectType: info('choice', '目标类型', 'Whose goals', {
    values: ['department', 'employee'],
    default: 'department',
  }),
  limit: info('integer', '每页行数', 'Rows', { minimum: 1, maximum: MAX_LIMIT }),
  offset: info('integer', '起始行', 'First row', { minimum: 0, default: 0 }),
  today: info('date', '统计基准日', 'As of this day'),
  lang: info('choice', '语言', 'Language', { values: LANGUAGES }),
  format: info('choice', '格式', 'Format', { values: ['json', 'csv', 'xlsx'] }),
};

/** Names of the parameters a report takes, in the order of {@link PARAMETERS}. */
function namesOf({ query }: AnyReport): string[] {
  const declared = declaredParameters(query);
  return Object.keys(PARAMETERS).filter((name) => declared.has(name));
}

export function parametersOf(report: AnyReport): ParameterInfo[] {
  return namesOf(report).map((name) => ({
    name,
    label: { 'zh-CN': name, en: name },
    type: 'id',
    ...PARAMETERS[name],
    ...specificsOf(report, name),
  }));
}

/** What a parameter means to this report in particular. */
function specificsOf(report: AnyReport, name: string): Partial<ParameterInfo> {
  switch (name) {
    case 'preset':
      return report.period.kind === 'period' ? { default: report.period.standard } : {};
    case 'metric':
      return { ...(report.board ? { values: CARD_BOARDS } : {}), ...standardMetric(report) };
    case 'limit':
      return report.paged ? { default: DEFAULT_LIMIT } : {};
    default:
      return {};
  }
}

const standardMetric = ({ metric }: AnyReport): Partial<ParameterInfo> =>
  metric === undefined ? {} : { default: metric };
