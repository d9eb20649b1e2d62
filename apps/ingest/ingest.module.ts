import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SETTINGS } from '#engines';
import { EVENTS_PATH, type Settings } from '#platform';
import { installBodyParsers } from './body-parsers';
import { EventsController } from './events.controller';
import { IntakeGate } from './intake-gate';

const isPublishing = (request: FastifyRequest): boolean => request.routeOptions.url === EVENTS_PATH;

/** Publishing over HTTP. The module around it provides the engines (see `#engines`) globally. */
@Module({
  controllers: [EventsController],
  providers: [
    {
      provide: IntakeGate,
      inject: [SETTINGS],
      useFactory: (settings: Settings) =>
        new IntakeGate(settings.INTAKE_MAX_BYTES, settings.HTTP_MAX_BODY_BYTES),
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
