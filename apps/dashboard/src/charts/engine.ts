/** The chart library, only the parts used; a chunk of its own that screens without charts never load. */
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { EChartsOption } from 'echarts';
import type { ColumnType } from '../api/types';
import type { ChartModel, ChartSeries } from './model';

use([
  BarChart,
  LineChart,
  PieChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
  CanvasRenderer,
]);

export interface ChartWords {
  title: string;
  series: (key: string) => string;
  place: (key: string, name: string | null) => string;
  value: (value: number | null, type: ColumnType) => string;
  short: (value: number, type: ColumnType) => string;
}

export type ChartHandle = EChartsType;

export const createChart = (element: HTMLElement): ChartHandle =>
  init(element, undefined, { renderer: 'canvas' });

/** Colours and type as the document's tokens say now. */
function tokens(): {
  text: string;
  muted: string;
  line: string;
  surface: string;
  font: string;
  series: string[];
} {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: of('--text'),
    muted: of('--muted'),
    line: of('--line'),
    surface: of('--surface'),
    font: of('--font'),
    series: Array.from({ length: 8 }, (_, index) => of(`--series-${index + 1}`)),
  };
}

export interface ChartRoom {
  /** Nothing moves. */
  still: boolean;
  /** No room for words beside slices. */
  narrow: boolean;
}

export function chartOption(
  model: ChartModel,
  words: ChartWords,
  { still, narrow }: ChartRoom,
): EChartsOption {
  const look = tokens();
  const text = { color: look.muted, fontFamily: look.font, fontSize: 12 };
  const base: EChartsOption = {
    animation: !still,
    animationDuration: 300,
    color: look.series,
    textStyle: { fontFamily: look.font, color: look.text },
    aria: { enabled: true, label: { description: words.title } },
    legend: {
      type: 'scroll',
      top: 0,
      left: 0,
      itemWidth: 12,
      itemHeight: 8,
      textStyle: text,
      show: model.series.length > 1 && model.shape !== 'pie',
    },
    tooltip: {
      // Drawn on the canvas: a tooltip of HTML would need inline styles, which the page's policy forbids.
      renderMode: 'richText',
      trigger: model.shape === 'pie' ? 'item' : 'axis',
      backgroundColor: look.surface,
      borderColor: look.line,
      textStyle: { color: look.text, fontFamily: look.font, fontSize: 12 },
    },
  };
  return model.shape === 'pie'
    ? { ...base, ...pies(model, words, look, narrow) }
    : { ...base, ...axes(model, words, look) };
}

type Look = ReturnType<typeof tokens>;

function axes(model: ChartModel, words: ChartWords, look: Look): EChartsOption {
  const horizontal = model.shape === 'horizontal';
  const label = { color: look.muted, fontFamily: look.font, fontSize: 12 };
  const places = model.keys.map((key, index) => words.place(key, model.names?.[index] ?? null));
  const category = {
    type: 'category' as const,
    data: places,
    inverse: horizontal,
    axisLabel: {
      ...label,
      hideOverlap: true,
      width: horizontal ? 90 : undefined,
      overflow: 'truncate' as const,
    },
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
  };
  const used = new Set(model.series.map(({ axis }) => axis));
  const values = ([0, 1] as const)
    .filter((axis) => used.has(axis))
    .map((axis) => ({
      type: 'value' as const,
      axisLabel: {
        ...label,
        formatter: (value: number) =>
          words.short(value, model.series.find((series) => series.axis === axis)?.type ?? 'count'),
      },
      splitLine: { show: axis === 0, lineStyle: { color: look.line } },
      minInterval: model.series.some((series) => series.axis === axis && series.type === 'count')
        ? 1
        : undefined,
    }));
  const lookOf = (series: ChartSeries): object =>
    series.as === 'line'
      ? { symbolSize: 6, lineStyle: { width: 2 }, connectNulls: false, smooth: false }
      : {
          barMaxWidth: horizontal ? 18 : 28,
          itemStyle: { borderRadius: horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0] },
        };
  return {
    grid: {
      left: 4,
      right: horizontal ? 70 : 8,
      top: model.series.length > 1 ? 36 : 12,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: horizontal ? values : category,
    yAxis: horizontal ? category : values,
    series: model.series.map((series) => ({
      id: series.key,
      name: words.series(series.key),
      type: series.as,
      [horizontal ? 'xAxisIndex' : 'yAxisIndex']: used.has(0) ? series.axis : 0,
      data: series.values,
      ...lookOf(series),
      label: {
        show: horizontal,
        position: 'right',
        color: look.muted,
        formatter: ({ value }: { value: unknown }) => words.short(Number(value), series.type),
      },
      tooltip: {
        valueFormatter: (value: unknown) => words.value(value === null ? null : Number(value), series.type),
      },
    })),
  };
}

function pies(model: ChartModel, words: ChartWords, look: Look, narrow: boolean): EChartsOption {
  const many = model.series.length;
  return {
    ...(narrow
      ? {
          legend: {
            type: 'scroll' as const,
            bottom: 0,
            itemWidth: 12,
            itemHeight: 8,
            textStyle: { color: look.muted, fontFamily: look.font, fontSize: 12 },
          },
        }
      : {}),
    title: model.series.map(({ key }, index) => ({
      text: words.series(key),
      left: `${((index + 0.5) * 100) / many}%`,
      top: 0,
      textAlign: 'center' as const,
      textStyle: { color: look.text, fontFamily: look.font, fontSize: 13, fontWeight: 600 },
    })),
    series: model.series.map((series, index) => ({
      id: series.key,
      name: words.series(series.key),
      type: 'pie',
      radius: many > 1 ? ['38%', '62%'] : ['0%', '68%'],
      center: [`${((index + 0.5) * 100) / many}%`, narrow ? '50%' : '55%'],
      itemStyle: { borderColor: look.surface, borderWidth: 2 },
      label: { show: !narrow, color: look.text, fontFamily: look.font, formatter: '{b}\n{d}%' },
      labelLine: { lineStyle: { color: look.line } },
      data: model.keys.map((key, place) => ({
        name: words.place(key, model.names?.[place] ?? null),
        value: series.values[place] ?? 0,
      })),
      tooltip: { valueFormatter: (value: unknown) => words.value(Number(value), series.type) },
    })),
  };
}
