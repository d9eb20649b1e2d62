// Errors as ClickHouse's HTTP interface answers them.

const BY_CODE = new Map([
  [26, 400], // CANNOT_PARSE_QUOTED_STRING
  [27, 400], // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  [36, 400], // BAD_ARGUMENTS
  [38, 400], // CANNOT_PARSE_DATE
  [41, 400], // CANNOT_PARSE_DATETIME
  [46, 404], // UNKNOWN_FUNCTION
  [47, 404], // UNKNOWN_IDENTIFIER
  [48, 501], // NOT_IMPLEMENTED
  [50, 404], // UNKNOWN_TYPE
  [53, 400], // TYPE_MISMATCH
  [56, 404], // UNKNOWN_STORAGE
  [60, 404], // UNKNOWN_TABLE
  [62, 400], // SYNTAX_ERROR
  [72, 400], // CANNOT_PARSE_NUMBER
  [81, 404], // UNKNOWN_DATABASE
  [115, 404], // UNKNOWN_SETTING
  [117, 400], // INCORRECT_DATA
  [516, 403], // AUTHENTICATION_FAILED
]);

/** An error of the front itself, in the engine's form. */
export class ServerError extends Error {
  constructor(code, name, detail) {
    super(`Code: ${code}. DB::Exception: ${detail} (${name})`);
    this.clickhouseCode = code;
  }
}

/** Code, HTTP status and text of anything thrown while a request was handled. */
export function describeError(error) {
  const code = error.clickhouseCode ?? 1002; // UNKNOWN_EXCEPTION
  const text = String(error.message ?? error)
    // Of an insert the engine says its code twice, and names the spool file instead of the request's body.
    .replace(/^(Code: \d+\. DB::Exception: )(?:Code: \d+\. DB::Exception: )+/, '$1')
    .replace(/: \(in file\/uri [^)]*\)/, '')
    .replace(': data for INSERT was parsed from file', '');
  const known = /^Code: \d+\. DB::Exception: /.test(text);
  return {
    code,
    status: BY_CODE.get(code) ?? 500,
    text: known ? text : `Code: ${code}. DB::Exception: ${text} (UNKNOWN_EXCEPTION)`,
  };
}
