/** Splits a migration into its statements: at semicolons outside quotes and comments. */
export function splitStatements(sql: string): string[] {
  const token =
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|''|[^'\\])*'|`(?:\\[\s\S]|[^`\\])*`|"(?:\\[\s\S]|[^"\\])*"|;|[\s\S]/g;
  const statements: string[] = [];
  let current = '';
  for (const [part] of sql.matchAll(token)) {
    if (part.startsWith('--') || part.startsWith('/*')) continue;
    if (part === ';') {
      statements.push(current.trim());
      current = '';
    } else current += part;
  }
  statements.push(current.trim());
  return statements.filter((statement) => statement !== '');
}
