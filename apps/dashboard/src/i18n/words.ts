/** Words with their gaps filled; no state, so that it can be tested alone. */

/** Fills `{name}` by `values.name`; a gap without a value stays visible. */
export const fill = (text: string, values: Readonly<Record<string, string | number>> = {}): string =>
  text.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap));
