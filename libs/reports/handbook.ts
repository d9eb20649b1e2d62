/** The catalogue as a document for people: what each number means, from the declarations. */
import { PRESETS } from '#calendar';
import type { Column, Names, Unit } from './columns';
import { basesOf, meaningOf } from './meanings';
import { parametersOf } from './parameter-list';
import type { Language } from './parameters';
import { REPORTS } from './registry';
import { GROUPS, type AnyReport, type Chart, type ReportGroup } from './report';

const words = (zh: string, en: string): Names => ({ 'zh-CN': zh, en });

const GROUP_NAMES: Readonly<Record<ReportGroup, Names>> = {
  dashboard: words('仪表盘', 'Dashboard'),
  customers: words('员工客户分析', 'Customers'),
  funnel: words('销售漏斗分析', 'Sales funnel'),
  performance: words('员工业绩分析', 'Performance'),
  profile: words('客户画像分析', 'Customer profile'),
  products: words('产品分析', 'Products'),
  goals: words('业绩目标', 'Goals'),
  leaderboards: words('排行榜', 'Leaderboards'),
};

const CHARTS: Readonly<Record<Chart, Names>> = {
  cards: words('数字卡片', 'number cards'),
  bars: words('柱状图', 'bars'),
  'grouped-bars': words('分组柱状图', 'grouped bars'),
  line: words('折线图', 'lines'),
  'bars-and-line': words('柱状图加折线', 'bars and a line'),
  funnel: words('漏斗图', 'funnel'),
  gauge: words('仪表', 'gauge'),
  map: words('中国地图（方格）', 'map of China as tiles'),
  ring: words('环形图', 'rings'),
  pie: words('饼图', 'pie'),
  table: words('表格', 'table'),
  text: words('文字', 'sentences'),
};

const UNITS: Readonly<Record<Unit, Names>> = {
  currency: words('元（租户币种）', "money, in the tenant's currency"),
  pieces: words('数量', 'quantity'),
  records: words('个', 'number'),
  '%': words('%', '%'),
  days: words('天', 'days'),
};

const PARTS = {
  headline: words('汇总', 'Headline'),
  series: words('按时间', 'Over time'),
  rows: words('明细', 'Rows'),
} as const;

const T = {
  title: words('报表口径', 'What the reports say'),
  generated: words(
    '本文件由报表声明生成（`npm run docs`）。英文版：[reports.md](reports.md)。',
    'Generated from the declarations of the reports (`npm run docs`). 中文：[reports.zh-CN.md](reports.zh-CN.md).',
  ),
  rules: words('适用于所有报表的规则', 'Rules of all reports'),
  period: words('时间', 'Period'),
  standard: words('默认', 'default'),
  year: words('自然年，逐月', 'a calendar year, by month'),
  none: words('无', 'none'),
  filters: words('筛选', 'Filters'),
  chart: words('图表', 'Chart'),
  counted: words('统计对象', 'What counts'),
  date: words('日期', 'Date'),
  credit: words('归属', 'Credited to'),
  column: words('列', 'Column'),
  key: words('键', 'Key'),
  unit: words('单位', 'Unit'),
  meaning: words('含义', 'Meaning'),
  total: words('合计', 'Total'),
  yes: words('有', 'yes'),
  drill: words('可点开的数字', 'Numbers that open their records'),
  byBucket: words('可按时间段', 'by bucket'),
  byRow: words('可按行', 'by row'),
  card: words(
    '每张卡片另有上期数值与增长，以及截至同一天的上期数值与增长；自定义时间没有。',
    'Each card also has the value of the previous period and the growth, and both against the previous period up to the same elapsed day; a custom range has none.',
  ),
} as const;

const RULES: readonly Names[] = [
  words(
    '日期是租户时区的自然日；期间含首尾两天，精确到天。',
    "Dates are calendar days of the tenant's time zone; periods include both ends and are exact to the day.",
  ),
  words(
    '合同、回款、发票只有审批通过或无需审批的才计入；作废、删除或重新提交后即从所有期间中去除。',
    'Of contracts, payments and invoices only those approved, or without an approval flow, count; a void, deleted or resubmitted one leaves all periods.',
  ),
  words(
    '记录归当前负责人，包括历史期间；跟进归跟进人，回访归回访人，出差归申请人，公海变动归当时失去或得到客户的人。',
    'A record belongs to its current owner, in past periods too; follow-ups to their author, visits to the visitor, trips to the applicant, pool moves to who lost or gained the customer.',
  ),
  words(
    '部门按员工当前所在部门；范围 = 筛选 ∩ 数据权限。',
    "An employee's current department is used; the scope is the filter within the data permission.",
  ),
  words('删除的记录不计。', 'Deleted records never count.'),
  words(
    '金额与数量保留两位小数，百分比两位，天数一位，四舍五入（远离零）；只在最后取舍。',
    'Money, quantities and percentages have two places, days one; half away from zero, only the final value is rounded.',
  ),
  words(
    '分母为 0 时比率、增长与平均为空（显示 --）。',
    'A ratio, growth or average without denominator is empty (shown as --).',
  ),
  words(
    '目标按月；只有由整月组成的期间才有目标。部门的目标只含直属成员。',
    'Targets are monthly; only a period of whole months has one. A department stands for its direct members.',
  ),
  words(
    '排行：数值降序，相同则并列，下一名次跳过；只列出至少有一条记录的人。',
    'Ranking: value descending, equals share a rank and the next is skipped; only who has at least one counted record is listed.',
  ),
];

/** Markdown in full. */
export function handbook(language: Language): string {
  const say = (names: Names): string => names[language];
  const sections = GROUPS.map((group) => {
    const reports = REPORTS.filter((report) => report.group === group);
    return `## ${say(GROUP_NAMES[group])}\n\n${reports.map((report) => reportText(report, say)).join('\n\n')}`;
  });
  const rules = RULES.map((rule) => `- ${say(rule)}`).join('\n');
  return `# ${say(T.title)}\n\n${say(T.generated)}\n\n## ${say(T.rules)}\n\n${rules}\n\n${sections.join('\n\n')}\n`;
}

type Say = (names: Names) => string;

function reportText(report: AnyReport, say: Say): string {
  const { id, name, about, columns } = report;
  const tables = (['headline', 'series', 'rows'] as const).flatMap((part) => {
    const own = columns[part];
    return own ? [`**${say(PARTS[part])}**\n\n${columnTable(report, own, say)}`] : [];
  });
  return [
    `### ${say(name)} \`${id}\``,
    say(about),
    facts(report, say),
    basisTable(id, say),
    ...tables,
    ...(id === 'sales-briefing' ? [say(T.card)] : []),
  ].join('\n\n');
}

function facts(report: AnyReport, say: Say): string {
  const filters = parametersOf(report)
    .filter(
      ({ name }) =>
        !['preset', 'from', 'to', 'year', 'limit', 'offset', 'today', 'lang', 'format'].includes(name),
    )
    .map(({ label }) => say(label));
  return [
    [T.period, periodText(report, say)],
    [T.filters, filters.join(', ') || say(T.none)],
    [T.chart, report.charts.map((chart) => say(CHARTS[chart])).join(', ')],
    [T.drill, drillText(report, say)],
  ]
    .map(([name, value]) => `- ${say(name as Names)}: ${value as string}`)
    .join('\n');
}

function periodText({ period }: AnyReport, say: Say): string {
  if (period.kind === 'none') return say(T.none);
  if (period.kind === 'year') return say(T.year);
  return `${PRESETS.map((preset) => `\`${preset}\``).join(' ')}; ${say(T.standard)} \`${period.standard}\``;
}

function drillText({ columns, drill }: AnyReport, say: Say): string {
  const narrowed = [
    ...(columns.series ? [say(T.byBucket)] : []),
    ...(drill.row && columns.rows ? [say(T.byRow)] : []),
  ];
  const all = Object.keys(drill.records).map((key) => `\`${key}\``);
  return `${all.join(' ')}${narrowed.length > 0 ? ` (${narrowed.join(', ')})` : ''}`;
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');

const basisTable = (id: string, say: Say): string =>
  table(
    [T.counted, T.date, T.credit].map(say),
    basesOf(id).map(({ what, date, credit }) => [say(what), say(date), say(credit)]),
  );

function columnTable({ id, columns }: AnyReport, own: readonly Column[], say: Say): string {
  const totals = own === columns.rows && columns.totals !== undefined;
  const header = [T.column, T.key, T.unit, T.meaning, ...(totals ? [T.total] : [])].map(say);
  return table(
    header,
    own.map((column) => {
      const { key, label, unit } = column;
      const meaning = meaningOf(id, column);
      return [
        say(label),
        `\`${key}\``,
        unit ? say(UNITS[unit]) : '',
        meaning ? say(meaning) : '',
        ...(totals ? [columns.totals?.includes(key) ? say(T.yes) : ''] : []),
      ];
    }),
  );
}
