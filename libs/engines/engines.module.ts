/** Hands the opened engines, and what stands around them, to every module of a process. */
import { Module, type DynamicModule } from '@nestjs/common';
import type { Authority, ControlStore } from '#control';
import type { Refusals } from '#guard';
import type { Health, Lifecycle, Logger, Metrics, Settings, Tenants } from '#platform';
import { HealthController } from './health.controller';
import type { Engines } from './open';
import {
  AUTHORITY,
  CHANGE_LOG,
  CONTROL,
  COUNTERS,
  HEALTH,
  LIFECYCLE,
  LOGGER,
  METRICS,
  REFUSALS,
  SETTINGS,
  TENANTS,
  WAREHOUSE,
} from './tokens';

export interface Surroundings {
  settings: Settings;
  tenants: Tenants;
  logger: Logger;
  lifecycle: Lifecycle;
  control: ControlStore;
  authority: Authority;
  health: Health;
  metrics: Metrics;
  refusals: Refusals;
}

@Module({})
export class EnginesModule {
  static of(engines: Engines, surroundings: Surroundings): DynamicModule {
    const { settings, tenants, logger, lifecycle, control, authority, health, metrics, refusals } =
      surroundings;
    const values = [
      { provide: CHANGE_LOG, useValue: engines.log },
      { provide: COUNTERS, useValue: engines.counters },
      { provide: WAREHOUSE, useValue: engines.warehouse },
      { provide: CONTROL, useValue: control },
      { provide: AUTHORITY, useValue: authority },
      { provide: SETTINGS, useValue: settings },
      { provide: TENANTS, useValue: tenants },
      { provide: LOGGER, useValue: logger },
      { provide: METRICS, useValue: metrics },
      { provide: REFUSALS, useValue: refusals },
      { provide: LIFECYCLE, useValue: lifecycle },
      { provide: HEALTH, useValue: health },
    ];
    return {
      module: EnginesModule,
      global: true,
      controllers: [HealthController],
      providers: values,
      exports: values,
    };
  }
}
