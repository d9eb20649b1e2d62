import { randomUUID } from 'node:crypto';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { from, type Observable } from 'rxjs';
import { numbered, numbersOf, until, type ChangeLogHarness } from './conformance';
import { embeddedHarness, kafkaHarness } from './harnesses';
import { Rewind, type BatchContext, type ChangeLog, type LogBatch } from './port';
import { ChangeLogServer, LogConsumer, type ChangeLogServerOptions } from './transport';

const TOPIC = `test.${randomUUID()}`;
const PLAIN = Symbol('plain');
const FILTERED = Symbol('filtered');

const plain: { failures: Error[]; seen: number[]; cancelled: boolean[] } = {
  failures: [],
  seen: [],
  cancelled: [],
};
const filtered: { failures: Error[]; seen: number[] } = { failures: [], seen: [] };

@Controller()
class PlainConsumer {
  @EventPattern(TOPIC, PLAIN)
  async handle(@Payload() batch: LogBatch, @Ctx() context: BatchContext): Promise<void> {
    const failure = plain.failures.shift();
    if (failure) throw failure;
    plain.cancelled.push(context.cancelled());
    plain.seen.push(...numbersOf(batch.records));
  }
}

@Controller()
class FilteredConsumer {
  @LogConsumer(TOPIC, FILTERED)
  handle(batch: LogBatch): Observable<void> {
    return from(
      (async () => {
        const failure = filtered.failures.shift();
        if (failure) throw failure;
        filtered.seen.push(...numbersOf(batch.records));
      })(),
    );
  }
}

@Module({ controllers: [PlainConsumer, FilteredConsumer] })
class ConsumersModule {}

const ENGINES: [string, () => Promise<ChangeLogHarness>][] = [
  ['embedded', embeddedHarness],
  ['kafka', kafkaHarness],
];

describe.each(ENGINES)('change log as a Nest transport: %s', (_, createHarness) => {
  let harness: ChangeLogHarness;
  let log: ChangeLog;
  let app: INestApplication;
  let servers: ChangeLogServer[];
  const group = `test.${randomUUID()}`;
  const errors = new Map<string, unknown[]>();

  beforeAll(async () => {
    harness = await createHarness();
    log = await harness.open();
    await log.ensureTopics([{ name: TOPIC, partitions: 1 }]);
    const module = await Test.createTestingModule({ imports: [ConsumersModule] }).compile();
    app = module.createNestApplication(new FastifyAdapter(), { logger: false });
    const server = (name: string, transportId: symbol): ChangeLogServer => {
      const told: unknown[] = [];
      errors.set(name, told);
      const options: ChangeLogServerOptions = {
        log,
        group: `${group}.${name}`,
        transportId,
        maxBatchRecords: 10,
        onError: (error) => told.push(error),
      };
      return new ChangeLogServer(options);
    };
    servers = [server('plain', PLAIN), server('filtered', FILTERED)];
    for (const strategy of servers) app.connectMicroservice({ strategy });
    await app.startAllMicroservices();
    await app.init();
  });

  afterAll(async () => {
    await app?.close();
    await log?.close();
    await harness?.destroy();
  });

  afterEach(() => {
    plain.seen = [];
    plain.cancelled = [];
    filtered.seen = [];
  });

  it('hands each batch to the handler of each group, and commits', async () => {
    await log.append(TOPIC, numbered(25));
    await until(() => plain.seen.length === 25 && filtered.seen.length === 25);
    expect(plain.cancelled).not.toContain(true);
    await until(async () => (await log.committed(TOPIC, `${group}.plain`)).get(0) === 25);
    await until(async () => (await log.committed(TOPIC, `${group}.filtered`)).get(0) === 25);
    expect(servers[0]?.partitions(TOPIC)).toEqual([0]);
  });

  it('takes the batch again after an error, and tells of the error itself where the filter is', async () => {
    plain.failures = [new Error('plain is down')];
    filtered.failures = [new Error('filtered is down')];
    await log.append(TOPIC, numbered(1, 25));
    await until(() => plain.seen.length === 1 && filtered.seen.length === 1);
    expect(errors.get('plain')).toEqual([expect.any(Error)]);
    expect(errors.get('filtered')).toEqual([new Error('filtered is down')]);
  });

  it('lets a rewind through, with the filter and without', async () => {
    plain.failures = [new Rewind(20)];
    filtered.failures = [new Rewind(10)];
    await log.append(TOPIC, numbered(1, 26));
    await until(() => plain.seen.length >= 7 && filtered.seen.length >= 17);
    expect(plain.seen).toEqual([20, 21, 22, 23, 24, 25, 26]);
    expect(filtered.seen.slice(0, 3)).toEqual([10, 11, 12]);
  });

  it('stops with the application, and leaves the log open', async () => {
    await app.close();
    await log.append(TOPIC, numbered(1, 27));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(plain.seen).toEqual([]);
    await expect(log.ping()).resolves.toBeUndefined();
  });
});
