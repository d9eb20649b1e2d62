/** How long each report takes as a tenant grows: a picture with a panel per group, both axes logarithmic. */
import { init, type EChartsOption } from 'echarts';
import { REPORTS } from '#reports';

/** The median of a report's first question at a size, millions of contracts. */
export interface Point {
  report: string;
  size: number;
  /** Milliseconds. */
  p50: number;
}

const COLUMNS = 2;
const PANEL = { width: 560, height: 300 };
const MARGIN = { left: 52, right: 190, top: 40, bottom: 40 };
const COLOURS = [
  '#4477aa',
  '#cc6677',
  '#117733',
  '#aa7700',
  '#332288',
  '#882255',
  '#2a8ba0',
  '#777777',
  '#aa4499',
];
const LEAST_MS = 1;

/** An SVG of the given medians. The dashed line of each panel grows as the tenant does, from its slowest report on. */
export function growthChart(points: readonly Point[]): string {
  const groups = [...new Set(REPORTS.map(({ group }) => group))];
  const rows = Math.ceil(groups.length / COLUMNS);
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: COLUMNS * PANEL.width,
    height: rows * PANEL.height,
  });
  chart.setOption(optionOf(groups, points));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function optionOf(groups: readonly string[], points: readonly Point[]): EChartsOption {
  const corner = (index: number): { left: number; top: number } => ({
    left: (index % COLUMNS) * PANEL.width,
    top: Math.floor(index / COLUMNS) * PANEL.height,
  });
  const sizes = points.map(({ size }) => size);
  return {
    animation: false,
    backgroundColor: '#ffffff',
    title: groups.map((group, index) => ({
      text: group,
      left: corner(index).left + MARGIN.left + 20,
      top: corner(index).top + 8,
      textStyle: { fontSize: 14, color: '#222222' },
    })),
    grid: groups.map((_, index) => ({
      left: corner(index).left + MARGIN.left,
      top: corner(index).top + MARGIN.top,
      width: PANEL.width - MARGIN.left - MARGIN.right,
      height: PANEL.height - MARGIN.top - MARGIN.bottom,
    })),
    xAxis: groups.map((_, gridIndex) => ({
      type: 'log',
      gridIndex,
      min: Math.min(...sizes),
      max: Math.max(...sizes),
      name: 'M contracts',
      nameLocation: 'middle',
      nameGap: 24,
    })),
    yAxis: groups.map((_, gridIndex) => ({ type: 'log', gridIndex, min: LEAST_MS, max: 1000, name: 'ms' })),
    series: groups.flatMap((group, index) => panel(group, index, points)),
  };
}

type Line = Extract<EChartsOption['series'], readonly unknown[]>[number];

function panel(group: string, index: number, points: readonly Point[]): Line[] {
  const ids = REPORTS.filter((report) => report.group === group).map(({ id }) => id);
  const of = (id: string): Point[] =>
    points.filter(({ report }) => report === id).sort((a, b) => a.size - b.size);
  const axes = { type: 'line', xAxisIndex: index, yAxisIndex: index } as const;
  const lines = ids.map((id, at): Line => {
    const color = COLOURS[at % COLOURS.length] ?? '#000000';
    return {
      ...axes,
      symbolSize: 5,
      lineStyle: { width: 1.5, color },
      itemStyle: { color },
      endLabel: { show: true, formatter: id, color, fontSize: 11 },
      labelLayout: { moveOverlap: 'shiftY' },
      data: of(id).map(({ size, p50 }) => [size, Math.max(LEAST_MS, p50)]),
    };
  });
  const slowest = ids.flatMap((id) => of(id).slice(0, 1)).sort((a, b) => b.p50 - a.p50)[0];
  const last = Math.max(...points.map(({ size }) => size));
  if (!slowest) return lines;
  const linear: Line = {
    ...axes,
    symbol: 'none',
    lineStyle: { type: 'dashed', width: 1, color: '#bbbbbb' },
    data: [
      [slowest.size, slowest.p50],
      [last, (slowest.p50 * last) / slowest.size],
    ],
  };
  return [linear, ...lines];
}
