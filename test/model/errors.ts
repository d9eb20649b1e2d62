/** A parameter names something that does not exist (404). */
export class NotFound extends Error {
  constructor(readonly parameter: string) {
    super(`${parameter} does not exist`);
  }
}

/** The cell lies outside the caller's data permission (403). */
export class Forbidden extends Error {}
