/**
 * One process of Floorboard: settings, engines, a Nest application with the parts it runs, an
 * orderly start and end. The split apps run one part each, `floorboard start` all of them.
 */
import 'reflect-metadata';
import { Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ConfigurationError,
  createHttpApp,
  createLogger,
  EXIT_CONFIGURATION,
  EXIT_FAILURE,
  Health,
  Lifecycle,
  listen,
  loadSettings,
  loadTenants,
  measureHttp,
  Metrics,
  redacted,
  requireServers,
  serveMetrics,
  startTracing,
  traceHttp,
  type Logger,
  type Settings,
  type Tenants,
  type ProblemError,
} from '#platform';
import { Authority, ControlStore } from '#control';
import { installGuard, Refusals } from '#guard';
import { EnginesModule, type Surroundings } from './engines.module';
import { closeEngines, openEngines, type Engines } from './open';
import { tracedEngines } from './traced';
import { observeWarehouse } from './warehouse-metrics';

/** What a process runs beside the engines. */
export interface ProcessPart {
  module: Type<unknown>;
  /** Connects consumers, registers parsers; runs before anything listens. */
  connect?: (app: NestFastifyApplication) => void | Promise<void>;
}

export interface ProcessOptions {
  /** Name in logs and messages. */
  app: string;
  parts: ProcessPart[];
  /** One of several processes: all three engines must be servers. */
  split: boolean;
  /** Brings the warehouse's tables up to date at start. */
  migrate: boolean;
  translate?: (error: unknown) => ProblemError | null;
}

export interface RunningProcess {
  app: NestFastifyApplication;
  engines: Engines;
  control: ControlStore;
  tenants: Tenants;
  settings: Settings;
  logger: Logger;
  lifecycle: Lifecycle;
  /** Where it listens. */
  url: string;
  /** No key was ever created: everybody on this machine is let in. */
  open: boolean;
}

/** Starts a process; resolves when it is ready. @throws when it cannot; what was opened is closed. */
export async function startProcess(options: ProcessOptions, env = process.env): Promise<RunningProcess> {
  const settings = loadSettings(env);
  if (options.split) requireServers(settings, options.app);
  const tenants = loadTenants(settings);
  const logger = createLogger(options.app, settings.LOG_LEVEL, settings.secrets);
  const lifecycle = new Lifecycle(logger);
  try {
    const tracing = await startTracing(settings, options.app);
    if (tracing) lifecycle.add('close', 'traces', () => tracing.close());
    const opened = await openEngines(settings, logger, { migrate: options.migrate });
    const engines = tracing ? tracedEngines(opened) : opened;
    lifecycle.add('close', 'engines', () => closeEngines(engines));
    const control = new ControlStore(engines.log, logger);
    lifecycle.add('close', 'control data', () => control.stop());
    await control.start();
    const authority = new Authority(control, tenants, settings);
    const health = healthOf(engines);
    const metrics = new Metrics();
    observeWarehouse(metrics, engines.warehouse);
    const failuresPerMinute = settings.AUTH_FAILURES_PER_MINUTE;
    const refusals = new Refusals({ logger, metrics, failuresPerMinute });
    const surroundings = {
      ...{ settings, tenants, logger, lifecycle, control, authority },
      ...{ health, metrics, refusals },
    };
    const app = await createHttpApp(rootOf(options, engines, surroundings), {
      logger,
      settings,
      translate: options.translate,
      prepare: (instance) => {
        measureHttp(instance, metrics);
        if (tracing) traceHttp(instance);
        installGuard(instance, { authority, tenants, logger, refusals, settings });
      },
    });
    lifecycle.add('intake', 'http and consumers', () => app.close());
    for (const part of options.parts) await part.connect?.(app);
    await app.startAllMicroservices();
    if (settings.METRICS_PORT !== undefined) {
      const operators = await serveMetrics(settings, metrics, health);
      lifecycle.add('close', 'metrics', () => operators.close());
      logger.info({ url: operators.url }, 'metrics');
    }
    const url = await listen(app, settings, logger);
    const { open } = authority;
    if (open) logger.warn('no API key was ever created: everybody on this machine may do everything');
    return { app, engines, control, tenants, settings, logger, lifecycle, url, open };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** Runs a split app until it is told to stop; a wrong setting or engine ends it with one clear line. */
export async function runProcess(options: ProcessOptions): Promise<void> {
  try {
    const { lifecycle } = await startProcess(options);
    lifecycle.handleSignals();
  } catch (error) {
    const known = error instanceof ConfigurationError;
    const text = known ? error.message : String((error as Error).stack);
    process.stderr.write(`${options.app}: ${redacted(text)}\n`);
    process.exit(known ? EXIT_CONFIGURATION : EXIT_FAILURE);
  }
}

function rootOf({ parts }: ProcessOptions, engines: Engines, surroundings: Surroundings): Type<unknown> {
  @Module({ imports: [EnginesModule.of(engines, surroundings), ...parts.map((part) => part.module)] })
  class RootModule {}
  return RootModule;
}

function healthOf(engines: Engines): Health {
  const health = new Health();
  health.add('log', () => engines.log.ping());
  health.add('counters', () => engines.counters.ping());
  health.add('warehouse', () => engines.warehouse.ping());
  return health;
}
