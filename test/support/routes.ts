/** The real route table: every HTTP route that the modules of the apps declare. */
import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants';
import type { RouteAccess } from '#guard';

export interface Route {
  method: string;
  /** With its parameters as declared, e.g. `/v1/keys/:id`. */
  path: string;
  /** Who may call it, as it declares. */
  access: RouteAccess;
}

/** Routes of modules and controllers; of consumers, which have none, nothing. */
export function routesOf(sources: readonly Type<unknown>[]): Route[] {
  return sources.flatMap((source) => {
    const controllers = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, source) as
      Type<unknown>[] | undefined;
    return controllers ? routesOf(controllers) : controllerRoutes(source);
  });
}

function controllerRoutes(controller: Type<unknown>): Route[] {
  const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
  const { prototype } = controller as { prototype: object };
  return Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap((descriptor) => {
    const handler: unknown = descriptor.value;
    if (typeof handler !== 'function') return [];
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const { access } = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as { access: RouteAccess };
    const paths = Reflect.getMetadata(PATH_METADATA, handler) as string | string[];
    return [paths].flat().map((path) => {
      const joined = [prefix, path].map((part) => part.replace(/^\/+|\/+$/g, '')).filter(Boolean);
      return { method: RequestMethod[method] ?? '', path: `/${joined.join('/')}`, access };
    });
  });
}
