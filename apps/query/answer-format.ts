/** In which format a question wants its answer: `format`, else the `Accept` header, else JSON. */
import type { FileFormat } from '#export';
import type { RawQuery } from '#reports';

export type AnswerFormat = 'json' | FileFormat;

const RANGES: ReadonlyMap<string, AnswerFormat> = new Map([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['text/csv', 'csv'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
]);

/** A wrong `format` counts as JSON here: the check of the parameters refuses it. */
export function answerFormat({ format }: RawQuery, accept: string | undefined): AnswerFormat {
  if (format === 'csv' || format === 'xlsx') return format;
  return format === undefined ? accepted(accept ?? '') : 'json';
}

/** The format with the greatest weight, the first of equals. */
function accepted(accept: string): AnswerFormat {
  let best: AnswerFormat = 'json';
  let greatest = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format = RANGES.get(type);
    const weight = weightOf(parameters);
    if (format !== undefined && weight > greatest) {
      best = format;
      greatest = weight;
    }
  }
  return best;
}

function weightOf(parameters: readonly string[]): number {
  const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
  return Number.isNaN(weight) ? 0 : weight;
}
