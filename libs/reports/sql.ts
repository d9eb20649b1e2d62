/**
 * SQL put together from fragments, so that no value ever becomes part of its text: a value is a typed
 * query parameter, everything else is literal text of ours.
 *
 *     sql`SELECT count() AS n FROM contract FINAL WHERE tenant = ${text(tenant)} AND ${condition}`
 */
import type { ParameterValue } from '#warehouse';

interface Parameter {
  type: string;
  value: ParameterValue;
}

/** A piece that is told when the statement is compiled. */
type Deferred = () => Sql;

type Part = string | Parameter | Deferred;

/** A piece of SQL with its parameters; made by {@link sql}, {@link raw} and the value functions only. */
export class Sql {
  constructor(readonly parts: readonly Part[]) {}

  /** The statement with `{p1:Type}` placeholders, and their values. Equal values share a placeholder. */
  compile(): { statement: string; parameters: Record<string, ParameterValue> } {
    const parameters: Record<string, ParameterValue> = {};
    const names = new Map<ParameterValue, Map<string, string>>();
    let count = 0;
    const placeholder = ({ type, value }: Parameter): string => {
      const byType = names.get(value) ?? new Map<string, string>();
      names.set(value, byType);
      let name = byType.get(type);
      if (name === undefined) {
        name = `p${++count}`;
        byType.set(type, name);
        parameters[name] = value;
      }
      return `{${name}:${type}}`;
    };
    const textOf = (part: Part): string => {
      if (typeof part === 'string') return part;
      return typeof part === 'function' ? part().parts.map(textOf).join('') : placeholder(part);
    };
    return { statement: this.parts.map(textOf).join(''), parameters };
  }
}

/** A statement or piece of one. Only fragments can be interpolated. */
export function sql(strings: TemplateStringsArray, ...fragments: readonly Sql[]): Sql {
  const parts: Part[] = [];
  strings.forEach((string, index) => {
    parts.push(string);
    const fragment = fragments[index];
    if (fragment) parts.push(...fragment.parts);
  });
  return new Sql(parts);
}

/** A name or expression that stands in a declaration of ours; never anything a caller sent. */
export const raw = (ours: string): Sql => new Sql([ours]);

export const NOTHING = raw('');

/** A piece that may differ from one time the statement is compiled to the next. */
export const deferred = (piece: () => Sql): Sql => new Sql([piece]);

export const text = (value: string): Sql => new Sql([{ type: 'String', value }]);
export const texts = (value: readonly string[]): Sql => new Sql([{ type: 'Array(String)', value }]);
/** Keys of records (`key` and its like), decimal digits. */
export const keys = (value: readonly string[]): Sql =>
  new Sql([{ type: 'Array(UInt128)', value: value.map(BigInt) }]);
export const integer = (value: number): Sql => new Sql([{ type: 'Int64', value }]);
export const integers = (value: readonly number[]): Sql => new Sql([{ type: 'Array(Int64)', value }]);
/** A version, decimal digits. */
export const versionNumber = (digits: string): Sql => new Sql([{ type: 'UInt128', value: digits }]);
/** A calendar date, `YYYY-MM-DD`. */
export const date = (iso: string): Sql => new Sql([{ type: 'Date32', value: iso }]);
/** An instant given in epoch milliseconds. */
export const instant = (ms: number): Sql => sql`fromUnixTimestamp64Milli(${integer(ms)})`;

/** Fragments with a separator of ours between them. */
export function join(fragments: readonly Sql[], separator: string): Sql {
  return new Sql(fragments.flatMap(({ parts }, index) => (index === 0 ? parts : [separator, ...parts])));
}

/** All of the conditions. */
export const and = (...conditions: readonly Sql[]): Sql => join(conditions, ' AND ');
