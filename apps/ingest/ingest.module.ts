import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { METRICS, SETTINGS } from '#engines';
import { EVENTS_PATH, type Metrics, type Settings } from '#platform';
import { installBodyParsers } from './body-parsers';
import { EventsController } from './events.controller';
import { IntakeGate } from './intake-gate';

const isPublishing = (request: FastifyRequest): boolean => request.routeOptions.url === EVENTS_PATH;

function gateOf(settings: Settings, metrics: Metrics): IntakeGate {
  const gate = new IntakeGate(settings.INTAKE_MAX_BYTES, settings.HTTP_MAX_BODY_BYTES, () =>
    metrics.turnedAway.inc(),
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
      provide: IntakeGate,
      inject: [SETTINGS, METRICS],
      useFactory: gateOf,
    },
  ],
})
export class IngestModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly gate: IntakeGate,
  ) {}

  onModuleInit(): void {
    const instance = this.host.httpAdapter.getInstance<FastifyInstance>();
    this.gate.install(instance, isPublishing);
    installBodyParsers(instance, isPublishing, this.settings.JSON_MAX_DEPTH);
  }
}
