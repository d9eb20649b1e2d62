import { IsOptional, IsString } from 'class-validator';
import { ProblemError } from './problem';
import { validatedBody } from './validated-body';

class Named {
  @IsString()
  name!: string;

  @IsOptional()
  more?: unknown;
}

function pointersOf(body: unknown): (string | undefined)[] {
  try {
    validatedBody(Named, body);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    expect(error.status).toBe(400);
    return (error.extra.errors ?? []).map(({ pointer }) => pointer);
  }
}

describe('a body checked against a class', () => {
  it.each([
    [{ name: 'a' }, []],
    [{ name: 'a', more: { b: [1, { c: 2 }] } }, []],
    [{ name: 1, other: 2 }, ['/name', '/other']],
    [[], ['']],
    [null, ['']],
    [{ name: { constructor: 1e21 } }, ['/name/constructor']],
    [{ name: 'a', more: [{ 'x/y': { constructor: [] } }] }, ['/more/0/x~1y/constructor']],
    [JSON.parse('{"name":"a","__proto__":{"b":1}}'), ['/__proto__']],
  ])('%j', (body, pointers) => {
    expect(pointersOf(body).sort()).toEqual(pointers.sort());
  });
});
