/** Hands the opened engines, and what stands around them, to every module of a process. */
import { Module, type DynamicModule } from '@nestjs/common';
import { Health, type Lifecycle, type Logger, type Settings, type Tenants } from '#platform';
import { HealthController } from './health.controller';
import type { Engines } from './open';
import { CHANGE_LOG, COUNTERS, HEALTH, LIFECYCLE, LOGGER, SETTINGS, TENANTS, WAREHOUSE } from './tokens';

export interface Surroundings {
  settings: Settings;
  tenants: Tenants;
  logger: Logger;
  lifecycle: Lifecycle;
}

@Module({})
export class EnginesModule {
  static of(engines: Engines, { settings, tenants, logger, lifecycle }: Surroundings): DynamicModule {
    const health = new Health();
    health.add('log', () => engines.log.ping());
    health.add('counters', () => engines.counters.ping());
    health.add('warehouse', () => engines.warehouse.ping());
    const values = [
      { provide: CHANGE_LOG, useValue: engines.log },
      { provide: COUNTERS, useValue: engines.counters },
      { provide: WAREHOUSE, useValue: engines.warehouse },
      { provide: SETTINGS, useValue: settings },
      { provide: TENANTS, useValue: tenants },
      { provide: LOGGER, useValue: logger },
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
