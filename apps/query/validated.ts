/** Runs class-validator over query parameters and answers with a problem that names each wrong one. */
import { validateSync } from 'class-validator';
import { badRequest } from '#platform';

/** The same object when it is right. @throws ProblemError 400; unknown parameters are refused too. */
export function validated<T extends object>(parameters: T): T {
  const errors = validateSync(parameters, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length === 0) return parameters;
  throw badRequest(
    `Wrong parameters: ${errors.map(({ property }) => property).join(', ')}.`,
    errors.map(({ property, constraints }) => ({
      parameter: property,
      detail: constraints?.['whitelistValidation']
        ? 'is unknown here'
        : Object.values(constraints ?? {}).join(', ') || 'is wrong',
    })),
  );
}

/** @throws ProblemError 400 naming every parameter, where none is taken. */
export function noParameters(query: Record<string, unknown>): void {
  const errors = Object.keys(query).map((parameter) => ({ parameter, detail: 'is unknown here' }));
  if (errors.length > 0) throw badRequest('No parameters are taken here.', errors);
}
