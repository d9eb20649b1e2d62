import fc from 'fast-check';
import {
  createSecret,
  digestOf,
  matches,
  openCaller,
  PERMISSIONS,
  readToken,
  refusal,
  ROLES,
  type Caller,
  type Grant,
} from '.';

describe('a secret', () => {
  it('says its kind and id, and matches its own digest only', () => {
    const a = createSecret('fb');
    const b = createSecret('fb');
    expect(a.token).toMatch(/^fb_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(readToken(a.token)).toEqual({ kind: 'fb', id: a.id });
    expect(matches(a.token, a.digest)).toBe(true);
    expect(matches(b.token, a.digest)).toBe(false);
    expect(matches(a.token, undefined)).toBe(false);
    expect(matches('', undefined)).toBe(false);
    expect(a.digest).not.toContain(a.token.slice(20));
  });

  it('is not guessed from its id or another kind', () => {
    const { id, digest, token } = createSecret('fbs');
    expect(matches(`fb_${token.slice(4)}`, digest)).toBe(false);
    expect(readToken(`fb_${id}`)).toBeNull();
    expect(readToken(`${token} `)).toBeNull();
    expect(readToken(`fbx${token.slice(3)}`)).toBeNull();
    expect(digestOf(token)).toBe(digest);
  });
});

describe('what a caller may hand on', () => {
  const caller = (over: Partial<Caller>): Caller => ({ ...openCaller('t'), ...over });
  const grant = (over: Partial<Grant>): Grant => ({
    roles: ['read'],
    permission: 'self',
    employeeId: 'e',
    expiresAt: null,
    ...over,
  });

  it('is no role it lacks', () => {
    expect(refusal(caller({ roles: ['manage'] }), grant({ roles: ['manage'], permission: null }))).toBeNull();
    expect(refusal(caller({ roles: ['manage'] }), grant({}))).toContain('read');
  });

  it('is no wider permission, and nobody else, unless it may see everything', () => {
    const own = caller({ permission: 'department-tree', employeeId: 'e' });
    expect(refusal(own, grant({ permission: 'department' }))).toBeNull();
    expect(refusal(own, grant({ permission: 'all' }))).toContain('wider');
    // Subordinates may work in another department.
    expect(refusal(own, grant({ permission: 'self-and-subordinates' }))).toContain('wider');
    expect(refusal(own, grant({ employeeId: 'other' }))).toContain('wider');
    expect(refusal(caller({}), grant({ permission: 'department', employeeId: 'other' }))).toBeNull();
  });

  it('does not outlive it', () => {
    const ending = caller({ identity: { kind: 'key', id: 'k', name: 'k', expiresAt: 100 } });
    expect(refusal(ending, grant({ expiresAt: 100 }))).toBeNull();
    expect(refusal(ending, grant({ expiresAt: 101 }))).toContain('outlive');
    expect(refusal(ending, grant({}))).toContain('outlive');
  });

  it('never grows from key to key', () => {
    const roles = fc.subarray([...ROLES], { minLength: 1 });
    const permission = fc.constantFrom(...PERMISSIONS);
    const employeeId = fc.constantFrom('a', 'b', null);
    const grants = fc.array(fc.record({ roles, permission, employeeId, expiresAt: fc.constant(null) }));
    fc.assert(
      fc.property(fc.record({ roles, permission, employeeId }), grants, (first, chain) => {
        let holder = caller(first);
        for (const next of chain) if (refusal(holder, next) === null) holder = caller(next);
        expect(first.roles).toEqual(expect.arrayContaining([...holder.roles]));
        const rank = (name: Caller['permission']): number => PERMISSIONS.indexOf(name);
        expect(rank(holder.permission)).toBeLessThanOrEqual(rank(first.permission));
        if (first.permission !== 'all') expect(holder.employeeId).toBe(first.employeeId);
      }),
    );
  });
});
