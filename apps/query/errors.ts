/** Errors of the libraries as problems. */
import { badRequest, notFound, ProblemError, unavailable } from '#platform';
import { BadParameters, Forbidden, NotFound, UnknownReport } from '#reports';
import { WarehouseTimeout, WarehouseUnavailable } from '#warehouse';

/** The problem an error stands for, or null when it is none that a caller should see. */
export function translateQueryError(error: unknown): ProblemError | null {
  if (error instanceof BadParameters) return badRequest(error.message, [...error.errors]);
  if (error instanceof UnknownReport) return notFound(`There is no report ${error.id}.`);
  if (error instanceof NotFound) {
    return notFound(error.message, [{ parameter: error.parameter, detail: 'does not exist' }]);
  }
  if (error instanceof Forbidden) return new ProblemError(403, 'Forbidden', error.message);
  if (error instanceof WarehouseTimeout) {
    return new ProblemError(
      504,
      'Gateway timeout',
      'The question takes longer, or needs more memory, than it may.',
    );
  }
  if (error instanceof WarehouseUnavailable)
    return unavailable('The warehouse does not answer at the moment.');
  return null;
}
