/** What can go wrong with the warehouse, by what the caller can do about it. */

/** Base of all: `code` is ClickHouse's error number, null where the engine was not reached. */
export class WarehouseError extends Error {
  constructor(
    message: string,
    readonly code: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The engine cannot be reached or cannot work now: a later attempt can succeed. */
export class WarehouseUnavailable extends WarehouseError {}

/** The statement ran into its time or memory limit. */
export class WarehouseTimeout extends WarehouseError {}

/** The data or the statement is wrong: a later attempt cannot succeed. */
export class WarehouseRefused extends WarehouseError {}

/** A newer release has brought the warehouse to a schema that this one does not know. */
export class WarehouseTooNew extends Error {}

/** TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED, TOO_MANY_BYTES, TOO_MANY_ROWS, QUERY_WAS_CANCELLED(_BY_CLIENT). */
const LIMITS = new Set([159, 160, 241, 307, 158, 394, 734]);

/** Passing states of a server or its disk, on which a query is worth another attempt. */
const PASSING = new Set([
  3, 74, 75, 76, 99, 198, 202, 209, 210, 236, 242, 243, 252, 279, 319, 373, 425, 439, 499, 516, 745, 1001,
]);

/**
 * What the engine says of a row it cannot store. Anything else that fails an insert (no such table,
 * no right, no space) says nothing about the data, which must then be offered again, not dropped.
 */
const BAD_DATA = new Set([
  6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 128, 131, 190, 191, 321, 349, 407, 467, 469, 691,
]);

/** The error of a read or a command. */
export const queryError = (error: unknown): WarehouseError =>
  classify(error, (code) => (PASSING.has(code) ? WarehouseUnavailable : WarehouseRefused));

/** The error of an insert. */
export const insertError = (error: unknown): WarehouseError =>
  classify(error, (code) => (BAD_DATA.has(code) ? WarehouseRefused : WarehouseUnavailable));

type ErrorClass = new (message: string, code: number | null, options?: ErrorOptions) => WarehouseError;

function classify(error: unknown, byCode: (code: number) => ErrorClass): WarehouseError {
  if (error instanceof WarehouseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error, message);
  if (code === null) {
    const Class = isAbort(error) ? WarehouseTimeout : WarehouseUnavailable;
    return new Class(message, null, { cause: error });
  }
  const Class = LIMITS.has(code) ? WarehouseTimeout : byCode(code);
  return new Class(message, code, { cause: error });
}

const isAbort = (error: unknown): boolean =>
  error instanceof Error && error.message === 'The user aborted a request.';

/**
 * The number stands in `code` of the client's errors (the two engines' classes differ); of those that
 * come while rows are streamed it stands in the text only.
 */
function codeOf(error: unknown, message: string): number | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^\d+$/.test(code)) return Number(code);
  const match = /\bCode: (\d+)\. DB::Exception/.exec(message);
  return match ? Number(match[1]) : null;
}
