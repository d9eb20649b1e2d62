/**
 * A question that takes longer, or more memory, than it may ends in a problem with status 504, on both
 * engines, and so does a file while nothing of it is sent. Each statement carries who asks.
 */
import { Controller, Get, Module, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { openCaller } from '#access';
import { zoneNamed } from '#calendar';
import { reportDownload } from '#export';
import { createHttpApp, createLogger } from '#platform';
import { REPORTS, runReport, type ReportContext } from '#reports';
import { WarehouseTimeout, type QueryOptions } from '#warehouse';
import { translateQueryError } from '../../apps/query/errors';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../support/warehouse';

const LIMITS: [string, Partial<QueryOptions>][] = [
  ['time', { timeoutMs: 1 }],
  ['memory', { maxMemoryBytes: 1 }],
];

describe.each(TEST_ENGINES)('limits on %s', (engine) => {
  let held: TestWarehouse;
  let tags: QueryOptions['tag'][] = [];

  beforeAll(async () => {
    held = await testWarehouse(engine);
    await held.warehouse.command(`
      INSERT INTO contract (tenant, id, version, deleted, number, name, customer_id, owner_id, order_date, amount, status)
      SELECT 'acme', toString(generateUUIDv4()), 1, 0, 'N', 'Contract', toString(number), 'ann',
             toDate32('2026-05-20'), 100, 'approved' FROM numbers(300000)`);
  }, 120_000);
  afterAll(() => held?.drop());

  /** The real warehouse, with other limits. */
  function contextWith(limits: Partial<QueryOptions>): ReportContext {
    const { warehouse } = held;
    const limited = (options: QueryOptions): QueryOptions => {
      tags.push(options.tag);
      return { ...options, ...limits };
    };
    return {
      warehouse: {
        query: (sql, parameters, options) => warehouse.query(sql, parameters, limited(options)),
        stream: (sql, parameters, options) => warehouse.stream(sql, parameters, limited(options)),
      },
      tenant: { id: 'acme', zone: zoneNamed('Asia/Shanghai') },
      caller: openCaller('acme'),
      now: Date.parse('2026-05-20T10:00:00+08:00'),
    };
  }

  test.each(LIMITS)('%s: the warehouse gives up, and says so', async (_, limits) => {
    const question = runReport('amount-ratio-detail', {}, contextWith(limits));
    await expect(question).rejects.toThrow(WarehouseTimeout);
  });

  test.each(LIMITS)('%s: the caller gets a problem', async (_, limits) => {
    @Controller()
    class Questions {
      @Get('report')
      report(): Promise<object> {
        return runReport('amount-ratio-detail', {}, contextWith(limits));
      }

      @Get('file')
      async file(): Promise<StreamableFile> {
        const options = { format: 'xlsx', language: 'en', currency: 'CNY', asOf: null } as const;
        const { bytes } = await reportDownload('amount-ratio-detail', {}, contextWith(limits), options);
        return new StreamableFile(Readable.from(bytes));
      }
    }
    @Module({ controllers: [Questions] })
    class QuestionsModule {}

    const app = await createHttpApp(QuestionsModule, {
      logger: createLogger('test', 'silent'),
      translate: translateQueryError,
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const url = await app.getUrl();
    for (const path of ['report', 'file']) {
      const response = await fetch(`${url}/${path}`);
      expect(response.status).toBe(504);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ title: 'Gateway timeout', status: 504 });
    }
    await app.close();
  });

  test('every statement of every report carries the report and the tenant', async () => {
    for (const { id } of REPORTS) {
      tags = [];
      await runReport(id, {}, contextWith({}));
      expect(tags.length).toBeGreaterThan(0);
      expect(new Set(tags.map((tag) => JSON.stringify(tag)))).toEqual(
        new Set([JSON.stringify({ report: id, tenant: 'acme' })]),
      );
    }
  });
});
