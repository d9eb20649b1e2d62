/** The HTTP server every app shares: Nest on Fastify with limits, request ids and problems. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, Type } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { HttpSettings } from './http-settings';
import { jsonParser } from './json-body';
import { NestLogger } from './logging';
import { ProblemError } from './problem';
import { asProblem, ProblemFilter, problemText, sendProblem } from './problem.filter';
import { installSecurityHeaders, securityHeaders } from './security-headers';
import { Settings } from './settings';

/** The one route whose bodies may be as large as the event contract says. */
export const EVENTS_PATH = '/v1/events';
/** How often it is looked for requests that are late. */
const LATE_CHECK_MS = 1_000;

export interface HttpOptions {
  logger: Logger;
  /** Limits and headers; the defaults unless given. */
  settings?: HttpSettings;
  /** Turns errors of libraries that know nothing of HTTP into problems. */
  translate?: (error: unknown) => ProblemError | null;
  /** Prepares the server before any route is there. */
  prepare?: (instance: FastifyInstance) => void;
}

/** Creates the Nest application; it neither listens nor has started its microservices yet. */
export async function createHttpApp(
  module: Type<unknown> | DynamicModule,
  { logger, translate, prepare, settings = new Settings() }: HttpOptions,
): Promise<NestFastifyApplication> {
  const adapter = adapterWith(settings);
  const instance = adapter.getInstance<FastifyInstance>();
  instance.server.maxConnections = settings.HTTP_MAX_CONNECTIONS;
  installSecurityHeaders(instance, settings);
  instance.addHook('onRoute', (route) => {
    if (route.url !== EVENTS_PATH) route.bodyLimit = settings.HTTP_MAX_JSON_BYTES;
  });
  instance.removeContentTypeParser(['application/json', 'text/plain']);
  const parse = jsonParser(instance, settings.JSON_MAX_DEPTH);
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, parse);
  prepare?.(instance);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger, translate));
  return app;
}

function adapterWith(settings: HttpSettings): FastifyAdapter {
  const headers = securityHeaders(settings);
  return new FastifyAdapter({
    bodyLimit: settings.HTTP_MAX_BODY_BYTES,
    requestTimeout: settings.HTTP_REQUEST_TIMEOUT_S * 1000,
    connectionTimeout: settings.HTTP_IDLE_TIMEOUT_S * 1000,
    keepAliveTimeout: settings.HTTP_IDLE_TIMEOUT_S * 1000,
    http: {
      maxHeaderSize: settings.HTTP_MAX_HEADER_BYTES,
      headersTimeout: settings.HTTP_HEADERS_TIMEOUT_S * 1000,
      connectionsCheckingInterval: LATE_CHECK_MS,
    },
    trustProxy: settings.TRUSTED_PROXIES ?? false,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 256 },
    // What cannot even be routed, such as an address with a broken escape.
    frameworkErrors: (error: unknown, request: { id: string }, reply: unknown) => {
      void (reply as FastifyReply).headers({ ...headers, 'x-request-id': request.id });
      sendProblem(reply as FastifyReply, request.id, asProblem(error));
    },
    clientErrorHandler: (error, socket) => refuseClient(error, socket, headers),
  });
}

const CLIENT_ERRORS: Readonly<Record<string, [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/** What is no HTTP, too large in its headers or too slow: there is no request yet, only a connection. */
function refuseClient(error: { code?: string }, socket: Socket, headers: Record<string, string>): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'This is not HTTP.'];
  const title = STATUS_CODES[status] ?? 'Error';
  const requestId = randomUUID();
  const body = problemText(requestId, new ProblemError(status, title, detail));
  const lines = Object.entries({
    ...headers,
    'x-request-id': requestId,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`);
}

/** Starts listening and says where. Port 0 takes a free one. */
export async function listen(
  app: NestFastifyApplication,
  settings: Settings,
  logger: Logger,
): Promise<string> {
  await app.listen({ host: settings.HOST, port: settings.PORT });
  const address = app.getHttpServer().address();
  const port = address !== null && typeof address === 'object' ? address.port : settings.PORT;
  const host = settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST;
  const url = `http://${host}:${port}`;
  logger.info({ url }, 'listening');
  return url;
}
