/**
 * The guard in front of every route: who asks is settled when a request's headers are there, before a
 * byte of its body is read.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Caller } from '#access';
import { ticketIn, type Authority } from '#control';
import {
  ProblemError,
  sendProblem,
  TokenBuckets,
  unavailable,
  type HttpSettings,
  type Logger,
  type Tenants,
} from '#platform';
import { screenCookie } from './cookie';
import type { Audience, RouteAccess } from './declare';
import { openModeRefusal } from './open-mode';
import { tooMany, type RefusalReason, type Refusals } from './refusals';

export type GuardedRequest = FastifyRequest & { caller?: Caller };

export interface GuardOptions {
  authority: Authority;
  tenants: Tenants;
  logger: Logger;
  refusals: Refusals;
  settings: Pick<HttpSettings, 'KEY_REQUESTS_PER_SECOND' | 'KEY_PUBLISHES_PER_SECOND'>;
}

/** A request that is not let in, and why: it is counted by it. */
class Refused extends ProblemError {
  constructor(
    readonly reason: RefusalReason,
    status: 401 | 403,
    detail: string,
    headers: Record<string, string> = {},
  ) {
    super(status, status === 401 ? 'Unauthorized' : 'Forbidden', detail, { headers });
  }
}

const TENANT_HEADER = 'x-floorboard-tenant';
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;
const WRITES = ['POST', 'PUT', 'PATCH'];
const READS = ['GET', 'HEAD'];

/** Installs the guard. Call before any route is there. */
export function installGuard(instance: FastifyInstance, options: GuardOptions): void {
  const withinRate = rateOf(options);
  instance.addHook('onRoute', mustDeclare);
  instance.addHook('onRequest', (request, reply, done) => {
    const { access } = request.routeOptions.config;
    // A request without a route is answered 404, with or without a key.
    if (access === undefined || access === 'public') return done();
    admit(request, access, options)
      .then((caller) => {
        withinRate(caller, access);
        (request as GuardedRequest).caller = caller;
      })
      .then(
        () => done(),
        (error: unknown) => refuse(error, request, reply, options),
      );
  });
  // After the routes' own hooks, which know better which types they take.
  instance.addHook('preParsing', (request, reply, _payload, done) => {
    if (isJsonWrite(request)) return done();
    sendProblem(reply, request.id, notJson(request.headers['content-type']));
  });
}

/** @throws when a route does not say who may call it: the process does not start. */
function mustDeclare({ method, url, config }: RouteOptions): void {
  if (config?.access === undefined) {
    throw new Error(
      `${String(method)} ${url} does not declare who may call it (#guard: Public, Roles, AnyKey)`,
    );
  }
}

/**
 * How many requests a key may make: those that publish apart, for they come in crowds and cost little.
 * Who owns this machine (without keys, over the socket) is not limited.
 */
function rateOf({ settings, refusals }: GuardOptions): (caller: Caller, access: RouteAccess) => void {
  const bucketsOf = (perSecond: number): TokenBuckets =>
    new TokenBuckets({ perSecond, burst: 2 * perSecond });
  const publishing = bucketsOf(settings.KEY_PUBLISHES_PER_SECOND);
  const others = bucketsOf(settings.KEY_REQUESTS_PER_SECOND);
  return ({ identity }, access) => {
    if (identity?.kind !== 'key' && identity?.kind !== 'screen') return;
    const publishes = access.length === 1 && access[0] === 'publish';
    const wait = (publishes ? publishing : others).take(identity.id);
    if (wait === 0) return;
    refusals.count('rate');
    throw tooMany('This key asks more often than it may.', wait);
  };
}

/** The caller of a request. @throws ProblemError 401, 403, 429 or 503. */
async function admit(
  request: FastifyRequest,
  access: readonly Audience[],
  { authority, tenants, refusals }: GuardOptions,
): Promise<Caller> {
  if (!authority.ready) throw unavailable('The keys are not read yet.');
  const caller = await callerOf(request, access, authority, refusals);
  if (!tenants.has(caller.tenant)) throw forbidden('role', `There is no tenant ${caller.tenant} here.`);
  const mayCall =
    caller.identity?.kind === 'screen'
      ? access.includes('screen')
      : access.some((role) => role !== 'screen' && caller.roles.includes(role));
  if (!mayCall) throw forbidden('role', `This needs ${named(access)}.`);
  return caller;
}

async function callerOf(
  request: FastifyRequest,
  access: RouteAccess,
  authority: Authority,
  refusals: Refusals,
): Promise<Caller> {
  const { headers, ip } = request;
  // A key shown over the socket counts as that key.
  if (isLocal(request) && headers.authorization === undefined) {
    const tenant = headers[TENANT_HEADER];
    return authority.operator(typeof tenant === 'string' ? tenant : undefined);
  }
  if (authority.open) {
    const refusal = openModeRefusal(headers);
    if (refusal !== null) throw forbidden('open', `No API key was created yet: ${refusal}.`);
    dropTicket(request);
    return authority.openCaller();
  }
  const token = tokenOf(request, access);
  if (token !== null) {
    return authority.byToken(token) ?? wrong(refusals, ip, 'The key is unknown, has ended or was revoked.');
  }
  const link = READS.includes(request.method) ? dropTicket(request) : null;
  if (link) {
    const caller = await authority.byTicket(link);
    return caller ?? wrong(refusals, ip, 'The link is unknown, has ended or was used.');
  }
  throw unauthorized('no-key', 'Send an API key: Authorization: Bearer <key>.');
}

/**
 * A right key is let in from wherever it comes, also beside others who try wrong ones from there: many
 * people share an address, and 256 random bits are not found by trying.
 */
function wrong(refusals: Refusals, address: string, detail: string): never {
  refusals.wrongKey(address);
  throw unauthorized('wrong-key', detail);
}

/** Over the socket in the data folder, which only its owner may open. */
const isLocal = ({ raw }: FastifyRequest): boolean => (raw.socket as { local?: boolean }).local === true;

/** A cookie comes with every request a browser makes: it counts only where a screen may read. */
function tokenOf(request: FastifyRequest, access: RouteAccess): string | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) return BEARER.exec(authorization)?.[1] ?? '';
  return READS.includes(request.method) && access.includes('screen') ? screenCookie(request) : null;
}

/** Takes the ticket out of the query, which knows no such parameter. */
function dropTicket(request: FastifyRequest): { token: string; path: string } | null {
  const link = ticketIn(request.raw.url ?? '');
  if (link) delete (request.query as Record<string, unknown>)['ticket'];
  return link;
}

/** A form of another site can send no JSON type without being asked for permission first. */
function isJsonWrite({ method, headers, is404 }: FastifyRequest): boolean {
  return is404 || !WRITES.includes(method) || JSON_TYPE.test(headers['content-type'] ?? '');
}

function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { logger, refusals }: GuardOptions,
): void {
  // Wrong keys are counted where they are found to be wrong.
  if (error instanceof Refused && error.reason !== 'wrong-key') refusals.count(error.reason);
  if (error instanceof ProblemError) return sendProblem(reply, request.id, error);
  logger.error({ err: error, requestId: request.id }, 'a caller could not be told');
  sendProblem(reply, request.id, unavailable('Who may do this cannot be told at the moment.'));
}

const unauthorized = (reason: RefusalReason, detail: string): Refused =>
  new Refused(reason, 401, detail, { 'www-authenticate': 'Bearer realm="floorboard"' });

const forbidden = (reason: RefusalReason, detail: string): Refused => new Refused(reason, 403, detail);

const named = (access: readonly Audience[]): string =>
  `a key with the role ${access.filter((role) => role !== 'screen').join(' or ')}`;

const notJson = (type: string | undefined): ProblemError =>
  new ProblemError(
    415,
    'Unsupported media type',
    `${type ?? 'no content type'} is not accepted here; send application/json`,
  );
