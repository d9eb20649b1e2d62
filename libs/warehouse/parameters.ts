/** Query parameters and settings as ClickHouse reads them. */

export type ParameterValue = string | number | bigint | boolean | null | readonly ParameterValue[];

/** Values of `{name:Type}` placeholders. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

export type Settings = Readonly<Record<string, string | number>>;

const ESCAPES: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const escape = (text: string): string => text.replace(/[\\'\t\n\r]/g, (c) => ESCAPES[c] ?? c);

/** A string literal in SQL. */
export const quoteText = (text: string): string => `'${escape(text)}'`;

/** The text of one parameter, escaped the way `param_<name>` expects it. */
function formatParameter(value: ParameterValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (Array.isArray(value)) return `[${(value as ParameterValue[]).map(formatElement).join(',')}]`;
  return String(value);
}

function formatElement(value: ParameterValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? quoteText(value) : formatParameter(value);
}

const NAME = /^[A-Za-z_]\w*$/;

/** One SET statement for a connection that serves this statement alone. */
export function setStatement(settings: Settings, parameters: Parameters): string {
  const assign = (name: string, value: string): string => {
    if (!NAME.test(name)) throw new Error(`"${name}" is no name of a setting or parameter`);
    return `${name} = ${quoteText(value)}`;
  };
  const assignments = [
    ...Object.entries(parameters).map(([name, value]) => assign(`param_${name}`, formatParameter(value))),
    // Settings last: once `readonly` is set nothing else can be.
    ...Object.entries(settings).map(([name, value]) => assign(name, String(value))),
  ];
  return `SET ${assignments.join(', ')}`;
}
