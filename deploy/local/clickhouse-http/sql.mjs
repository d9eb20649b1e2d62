// The little of ClickHouse's SQL that the HTTP front has to see: where a statement ends, and inserts with data.

const QUOTED = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`/;
const COMMENT = /--[^\n]*|#[! ][^\n]*|\/\*[\s\S]*?\*\//;
const SKIPPED = new RegExp(`${QUOTED.source}|${COMMENT.source}|;`, 'g');
const LEADING = new RegExp(`^(?:\\s|${COMMENT.source})*`);
// INSERT INTO [TABLE] name [(columns)] [SETTINGS …] FORMAT name, the columns possibly `(* EXCEPT (a, b))`.
const INSERT =
  /^(INSERT\s+INTO\s+(?:TABLE\s+)?[^\s(]+\s*(?:\((?:[^()]|\([^()]*\))*\))?)(\s*SETTINGS\s[^;]*?)?\s*FORMAT\s+(\w+)[ \t]*(?:;[ \t]*)?(?:\r?\n|$)/i;

/** True when something other than comments follows the first semicolon outside quotes. */
export function hasSecondStatement(sql) {
  for (const match of sql.matchAll(SKIPPED)) {
    if (match[0] !== ';') continue;
    const rest = sql.slice(match.index + 1);
    return rest.replace(LEADING, '').replace(/[;\s]+/g, '') !== '';
  }
  return false;
}

/**
 * An insert whose data follows the statement.
 *
 * @returns {{fromFile: (path: string) => string, data: string} | undefined} `data` is what follows the
 *   statement in the same text; `fromFile` gives the statement that reads the data from a file instead.
 */
export function parseInsert(sql) {
  const text = sql.replace(LEADING, '');
  const match = INSERT.exec(text);
  if (!match) return undefined;
  const [head, target, settings = '', format] = match;
  return {
    data: text.slice(head.length),
    fromFile: (path) =>
      `${target} FROM INFILE '${path.replace(/[\\']/g, '\\$&')}' COMPRESSION 'none'${settings} FORMAT ${format}`,
  };
}

/** A string literal. */
export const quote = (value) => `'${value.replace(/[\\']/g, '\\$&')}'`;

/** A quoted identifier. */
export const quoteName = (name) => `\`${name.replace(/[\\`]/g, '\\$&')}\``;
