/** The HTTP server every app shares: Nest on Fastify with limits, request ids and problems. */
import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, Type } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { NestLogger } from './logging';
import type { ProblemError } from './problem';
import { ProblemFilter } from './problem.filter';
import type { Settings } from './settings';

/** A request's body may be this large (the event contract's limit). */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** A request must have arrived whole by then, so that a slow sender cannot hold a connection. */
const REQUEST_TIMEOUT_MS = 30_000;

export interface HttpOptions {
  logger: Logger;
  /** Turns errors of libraries that know nothing of HTTP into problems. */
  translate?: (error: unknown) => ProblemError | null;
  /** Prepares the server before any route is there. */
  prepare?: (instance: FastifyInstance) => void;
}

/** Creates the Nest application; it neither listens nor has started its microservices yet. */
export async function createHttpApp(
  module: Type<unknown> | DynamicModule,
  { logger, translate, prepare }: HttpOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 256 },
  });
  prepare?.(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger, translate));
  return app;
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
