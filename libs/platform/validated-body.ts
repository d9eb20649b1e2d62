/** Checks a request's body against a class and answers with a problem that points at each wrong field. */
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { badRequest, type InputError } from './problem';

/** The body as an instance of `Class`. @throws ProblemError 400; unknown fields are refused too. */
export function validatedBody<T extends object>(Class: new () => T, body: unknown): T {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw badRequest('The body must be a JSON object.', [{ pointer: '', detail: 'must be an object' }]);
  }
  const parsed = plainToInstance(Class, body);
  const errors = validateSync(parsed, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length === 0) return parsed;
  throw badRequest(
    `Wrong fields: ${errors.map(({ property }) => property).join(', ')}.`,
    errors.flatMap((error) => problemsOf(error, '')),
  );
}

function problemsOf({ property, constraints, children = [] }: ValidationError, parent: string): InputError[] {
  const pointer = `${parent}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own: InputError[] = constraints
    ? [{ pointer, detail: constraints['whitelistValidation'] ? 'is unknown' : detailOf(constraints) }]
    : [];
  return own.concat(children.flatMap((child) => problemsOf(child, pointer)));
}

const detailOf = (constraints: Record<string, string>): string => Object.values(constraints)[0] ?? 'is wrong';
