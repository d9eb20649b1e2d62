/** Errors as callers see them: RFC 9457 problems, mapped once at the HTTP edge (`problem.filter.ts`). */

/** One wrong input: where it is, and what is wrong with it. */
export interface InputError {
  /** JSON pointer into the body. */
  pointer?: string;
  /** Name of the query parameter, header or setting. */
  parameter?: string;
  detail: string;
}

/** An error that is answered as it is; everything else is a 500 without details. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly extra: { errors?: InputError[]; headers?: Record<string, string>; body?: object } = {},
  ) {
    super(detail);
  }
}

/** 400: the input is wrong; `errors` name the fields or parameters. */
export const badRequest = (detail: string, errors: InputError[] = []): ProblemError =>
  new ProblemError(400, 'Bad request', detail, { errors });

/** 400 for one query parameter. */
export const badParameter = (parameter: string, detail: string): ProblemError =>
  badRequest(`${parameter} ${detail}`, [{ parameter, detail }]);

export const notFound = (detail: string, errors: InputError[] = []): ProblemError =>
  new ProblemError(404, 'Not found', detail, { errors });

/** 503: something this needs is down; the caller may try again. */
export const unavailable = (detail: string): ProblemError =>
  new ProblemError(503, 'Service unavailable', detail, { headers: { 'retry-after': '1' } });
