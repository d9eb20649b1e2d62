/**
 * The obvious way of doing it, as one writes it on the first day: Nest's own Kafka transport, which hands over one
 * message at a time; one ZINCRBY per board and window, one INSERT of one row per event; nothing is ever taken back,
 * and what comes twice counts twice.
 */
import 'reflect-metadata';
import { Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { windowsOf, zoneNamed } from '#calendar';
import type { CloudEvent } from '#crm';
import { TIME_ZONE } from '../mix';
import { serve } from '../worker';

export const TOPIC = 'baseline.events';

const ZONE = zoneNamed(TIME_ZONE);
type Data = Record<string, string> & { lines?: { quantity: string }[] };
let handled = 0;

@Controller()
class CountersController {
  private readonly redis = new Redis(process.env['REDIS_URL'] ?? '');

  @EventPattern(TOPIC)
  async handle(@Payload() event: CloudEvent): Promise<void> {
    const data = event.data as Data;
    for (const { board, employee, day, value } of creditsOf(event.type.split('.')[1] ?? '', data)) {
      for (const { key } of windowsOf(day)) await this.redis.zincrby(`${board}:${key}`, value, employee);
    }
    handled += 1;
  }
}

@Controller()
class FactsController {
  private readonly client = createClient({ url: process.env['CLICKHOUSE_URL'] });

  @EventPattern(TOPIC)
  async handle(@Payload() event: CloudEvent): Promise<void> {
    const { id, type, subject, time, data } = event;
    const row = { id, type, subject, time, data: JSON.stringify(data) };
    await this.client.insert({
      table: 'baseline_events',
      values: [row],
      format: 'JSONEachRow',
      clickhouse_settings: { date_time_input_format: 'best_effort' },
    });
    handled += 1;
  }
}

interface Credit {
  board: string;
  employee: string;
  day: number;
  value: number;
}

function creditsOf(entity: string, data: Data): Credit[] {
  const dayAt = (instant = ''): number => ZONE.dayAt(Date.parse(instant));
  if (entity === 'contract') {
    const [employee, day] = [data['ownerId'] ?? '', ZONE.dayAt(Date.parse(data['orderDate'] ?? ''))];
    const quantity = (data.lines ?? []).reduce((sum, line) => sum + Number(line.quantity), 0);
    return [
      { board: 'amount', employee, day, value: Number(data['amount']) },
      { board: 'contracts', employee, day, value: 1 },
      { board: 'quantity', employee, day, value: quantity },
    ];
  }
  if (entity === 'activity') {
    const credit = { employee: data['authorId'] ?? '', day: dayAt(data['createdAt']), value: 1 };
    return [{ board: 'activities', ...credit }];
  }
  return [{ board: 'customers', employee: data['ownerId'] ?? '', day: dayAt(data['createdAt']), value: 1 }];
}

async function start(controller: Type<unknown>): Promise<void> {
  @Module({ controllers: [controller] })
  class BaselineModule {}
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(BaselineModule, {
    transport: Transport.KAFKA,
    logger: ['error'],
    options: {
      client: { brokers: [process.env['KAFKA_BROKERS'] ?? ''] },
      consumer: { groupId: `baseline-${process.argv[2]}` },
      subscribe: { fromBeginning: true },
    },
  });
  await app.listen();
}

serve({
  start: () => start(process.argv[2] === 'facts' ? FactsController : CountersController),
  handled: () => handled,
});
