import { Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ChangeLog } from '#change-log';
import { CHANGE_LOG, LOGGER, METRICS, SETTINGS } from '#engines';
import { EVENTS_PATH, type Logger, type Metrics, type Settings } from '#platform';
import { Backlog } from './backlog';
import { installBodyParsers } from './body-parsers';
import { EventsController } from './events.controller';
import { IntakeGate } from './intake-gate';

const isPublishing = (request: FastifyRequest): boolean => request.routeOptions.url === EVENTS_PATH;

function gateOf(settings: Settings, metrics: Metrics, backlog: Backlog): IntakeGate {
  const gate = new IntakeGate(
    settings.INTAKE_MAX_BYTES,
    settings.HTTP_MAX_BODY_BYTES,
    () => metrics.turnedAway.inc(),
    () => backlog.refusal,
  );
  metrics.observe(
    'floorboard_intake_backlog_events',
    'Events in the log that the slower consumer has not taken yet; INTAKE_MAX_LAG at most.',
    [],
    () => [{ value: backlog.lagEvents }],
  );
  metrics.observe(
    'floorboard_intake_bytes',
    'Bytes of events under way in publishing requests; INTAKE_MAX_BYTES at most.',
    [],
    () => [{ value: gate.inFlight }],
  );
  return gate;
}

/** Publishing over HTTP. The module around it provides the engines (see `#engines`) globally. */
@Module({
  controllers: [EventsController],
  providers: [
    {
      provide: Backlog,
      inject: [CHANGE_LOG, SETTINGS, LOGGER],
      useFactory: (log: ChangeLog, settings: Settings, logger: Logger) => new Backlog(log, settings, logger),
    },
    {
      provide: IntakeGate,
      inject: [SETTINGS, METRICS, Backlog],
      useFactory: gateOf,
    },
  ],
})
export class IngestModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly gate: IntakeGate,
    private readonly backlog: Backlog,
  ) {}

  onModuleInit(): void {
    this.backlog.start();
    const instance = this.host.httpAdapter.getInstance<FastifyInstance>();
    this.gate.install(instance, isPublishing);
    installBodyParsers(instance, isPublishing, this.settings.JSON_MAX_DEPTH);
  }
  async onModuleDestroy(): Promise<void> {
    await this.backlog.stop();
  }
}
