/** What every answer tells browsers, errors of the server itself included. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { HttpSettings } from './http-settings';

/** A page replaces the policy by its own; everything else is no page and loads nothing. */
const ALWAYS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Numbers of one tenant must not stay in a cache for the next; files without them say otherwise. */
const UNCACHED = { 'cache-control': 'no-store' };

/** Headers of every answer. */
export function securityHeaders({ HSTS_SECONDS }: HttpSettings): Record<string, string> {
  const hsts: Record<string, string> =
    HSTS_SECONDS > 0 ? { 'strict-transport-security': `max-age=${HSTS_SECONDS}; includeSubDomains` } : {};
  return { ...ALWAYS, ...UNCACHED, ...hsts };
}

/** Sets them before anything else happens to a request, so that streams and errors have them too. */
export function installSecurityHeaders(instance: FastifyInstance, settings: HttpSettings): void {
  const headers = new Headers(securityHeaders(settings));
  const origins = new Set(settings.CORS_ORIGINS ?? []);
  instance.addHook('onRequest', (request, reply, done) => {
    reply.raw.setHeaders(headers);
    reply.raw.setHeader('x-request-id', request.id);
    if (origins.size > 0 && answerOtherOrigin(origins, request.raw, reply.raw)) {
      reply.hijack();
      return;
    }
    done();
  });
}

/**
 * Lets pages of the configured origins call with a key; cookies stay out of it. Whether the request is
 * answered by that: a question of a browser what it may send.
 */
function answerOtherOrigin(
  origins: ReadonlySet<string>,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): boolean {
  response.setHeader('vary', 'origin');
  const { origin } = headers;
  if (origin === undefined || !origins.has(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader(
    'access-control-expose-headers',
    'retry-after, x-as-of, x-request-id, content-disposition',
  );
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE');
  response.setHeader('access-control-allow-headers', 'authorization, content-type');
  response.setHeader('access-control-max-age', '600');
  response.writeHead(204).end();
  return true;
}
