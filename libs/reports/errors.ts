/** What can be wrong with a question; the HTTP edge answers 400, 404 and 403. */

export interface ParameterProblem {
  parameter: string;
  detail: string;
}

/** Parameters are wrong (400); each problem names its parameter. */
export class BadParameters extends Error {
  constructor(readonly errors: readonly ParameterProblem[]) {
    super(errors.map(({ parameter, detail }) => `${parameter} ${detail}`).join('; '));
  }
}

export const badParameter = (parameter: string, detail: string): BadParameters =>
  new BadParameters([{ parameter, detail }]);

/** There is no report with this id (404). */
export class UnknownReport extends Error {
  constructor(readonly id: string) {
    super(`there is no report "${id}"`);
  }
}

/** A parameter names a record that does not exist (404). */
export class NotFound extends Error {
  constructor(readonly parameter: string) {
    super(`${parameter} names nothing that exists`);
  }
}

/** The records asked for lie outside the caller's data permission (403). */
export class Forbidden extends Error {
  constructor(detail: string) {
    super(detail);
  }
}
