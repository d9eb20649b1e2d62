/** Checks a request's body against a class and answers with a problem that points at each wrong field. */
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { badRequest, type InputError } from './problem';

/** The body as an instance of `Class`. @throws ProblemError 400; unknown fields are refused too. */
export function validatedBody<T extends object>(Class: new () => T, body: unknown): T {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw badRequest('The body must be a JSON object.', [{ pointer: '', detail: 'must be an object' }]);
  }
  const found = reservedName(body, '');
  if (found !== null) {
    throw badRequest('A field has a name that no field may have.', [
      { pointer: found, detail: 'is unknown' },
    ]);
  }
  const parsed = plainToInstance(Class, body);
  const errors = validateSync(parsed, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length === 0) return parsed;
  throw badRequest(
    `Wrong fields: ${errors.map(({ property }) => property).join(', ')}.`,
    errors.flatMap((error) => problemsOf(error, '')),
  );
}

/** Names by which class-transformer would reach for an object's class instead of a field. */
const RESERVED = ['constructor', 'prototype', '__proto__'];

/** Pointer to the first field with a reserved name; null for none. Nesting is bounded by the parser. */
function reservedName(value: unknown, pointer: string): string | null {
  if (value === null || typeof value !== 'object') return null;
  for (const [name, item] of Object.entries(value)) {
    const here = `${pointer}/${escaped(name)}`;
    const found = RESERVED.includes(name) ? here : reservedName(item, here);
    if (found !== null) return found;
  }
  return null;
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function problemsOf({ property, constraints, children = [] }: ValidationError, parent: string): InputError[] {
  const pointer = `${parent}/${escaped(property)}`;
  const own: InputError[] = constraints
    ? [{ pointer, detail: constraints['whitelistValidation'] ? 'is unknown' : detailOf(constraints) }]
    : [];
  return own.concat(children.flatMap((child) => problemsOf(child, pointer)));
}

const detailOf = (constraints: Record<string, string>): string => Object.values(constraints)[0] ?? 'is wrong';
