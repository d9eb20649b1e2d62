/**
 * Who may call a route, said at the route. A route that does not say it does not start
 * (`http-guard.ts`): nothing is open by being forgotten.
 */
import 'reflect-metadata';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ROLES, type Role } from '#access';

/** A role of keys, or the token of a wall screen. */
export type Audience = Role | 'screen';

export type RouteAccess = 'public' | readonly Audience[];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

type Declaration = ClassDecorator & MethodDecorator;

/** Anybody, with or without a key: health, the pages' own files. */
export const Public = (): Declaration => declare('public');

/** Callers with at least one of these roles. A wall screen has to be named: `read` does not admit it. */
export const Roles = (...audience: [Audience, ...Audience[]]): Declaration => declare(audience);

/** Any key, whatever its roles. */
export const AnyKey = (): Declaration => declare(ROLES);

const DECLARED = Symbol('access declared');

/** On a class: for each of its methods that declares nothing itself. */
function declare(access: RouteAccess): Declaration {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (descriptor) return attach(access, descriptor.value as object);
    const { prototype } = target as { prototype: object };
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function' && !Reflect.hasOwnMetadata(DECLARED, value as object)) {
        attach(access, value as object);
      }
    }
  };
}

/** Nest hands a handler's configuration to Fastify with the route. */
function attach(access: RouteAccess, handler: object): void {
  RouteConfig({ access })(handler, '', { value: handler });
  Reflect.defineMetadata(DECLARED, true, handler);
}
