/** What is generated from the code: up to date, right by its standard, and complete. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Module } from '@nestjs/common';
import Ajv from 'ajv';
import { WINDOW_KINDS } from '#calendar';
import { checkEvent, ENTITIES, ENTITY_NAMES } from '#crm';
import { BOARDS } from '#metrics';
import { createHttpApp, createLogger } from '#platform';
import { HealthController } from '../libs/engines/health.controller';
import { commandLineDocuments } from '../apps/floorboard/handbook';
import { FactsModule } from '../apps/facts/facts.module';
import { IngestModule } from '../apps/ingest/ingest.module';
import { LeaderboardsModule } from '../apps/leaderboards/leaderboards.module';
import { eventsOf, type EntityName } from '../libs/client';
import { asyncApiDocument } from '../apps/query/openapi/asyncapi';
import { openApiDocument } from '../apps/query/openapi/document';
import { generatedDocuments } from '../apps/query/openapi/generated';
import { OpenApiController } from '../apps/query/openapi/openapi.controller';
import { QueryModule } from '../apps/query/query.module';
import { RECORDS } from './client/records';
import { ROOT } from './support/children';
import { routesOf } from './support/routes';

const run = promisify(execFile);
const document = openApiDocument();

const written = { ...generatedDocuments(), ...commandLineDocuments() };

it.each(Object.entries(written))('%s is up to date (npm run docs)', (path, content) => {
  expect(readFileSync(join(ROOT, path), 'utf8') === content).toBe(true);
});

it('is OpenAPI 3.1 by the schema of the standard', async () => {
  const { stdout } = await run('node_modules/.bin/validate-api', ['openapi.json'], { cwd: ROOT });
  expect(stdout).toMatch(/"?valid"?: true/);
});

it('names nothing twice, and refers to nothing that is not there', () => {
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  const { schemas, responses } = document.components;
  const known = [
    ...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
    ...Object.keys(responses).map((name) => `#/components/responses/${name}`),
  ];
  const referred = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
  expect(new Set(referred.filter((to) => !known.includes(to ?? '')))).toEqual(new Set());
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const { parameters = [] } of Object.values(methods)) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  }
});

describe('asyncapi.json', () => {
  const events = asyncApiDocument();
  const NO_FORMATS = { strict: false, validateFormats: false };

  it('is AsyncAPI 3.0 by the schema of the standard', () => {
    const schema = JSON.parse(
      readFileSync(join(ROOT, 'node_modules/@asyncapi/specs/schemas/3.0.0.json'), 'utf8'),
    ) as object;
    // It brings the schema of schemas along.
    const validate = new Ajv({ ...NO_FORMATS, meta: false, validateSchema: false }).compile(schema);
    validate(JSON.parse(readFileSync(join(ROOT, 'asyncapi.json'), 'utf8')));
    expect(validate.errors).toBeNull();
    expect(validate({ ...events, channels: { events: { address: 5 } } })).toBe(false);
  });

  it('refers to nothing that is not there', () => {
    for (const [, path = ''] of JSON.stringify(events).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = path
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], events);
      expect({ path, target }).toEqual({ path, target: expect.anything() as unknown });
    }
  });

  const { messages, schemas } = events.components;
  const ajv = new Ajv(NO_FORMATS);
  /** Names of the messages of the channel whose schema an event fits. */
  const fits = (event: object): string[] =>
    Object.keys(messages).filter((name) => {
      const schema = { $id: `of:${name}`, ...messages[name]?.payload, components: { schemas } };
      const validate = ajv.getSchema(`of:${name}`) ?? ajv.compile(schema);
      return name !== 'deadLetter' && validate(event) === true;
    });
  const crm = eventsOf('/crm');

  it.each(ENTITY_NAMES)('has one message for a %s, which fits what the server takes', (entity) => {
    const event = crm.changed<EntityName>(entity, RECORDS[entity], { tenant: 'default', sequence: 1 });
    expect(checkEvent(event, { tenant: null, now: Date.now() })).toMatchObject({ ok: true });
    expect(fits(event)).toEqual([entity]);
    for (const field of Object.keys(ENTITIES[entity])) {
      const broken = { ...event, data: { ...RECORDS[entity], [field]: { no: 'such' } } };
      expect(fits(broken)).toEqual([]);
    }
    expect(fits({ ...event, tenantid: undefined })).toEqual([]);
    expect(fits(crm.deleted(entity, 'x', { tenant: 'default' }))).toEqual(['deleted']);
    expect(fits({ ...event, type: 'crm.quote.sent' })).toEqual(['other']);
  });

  it('gives examples that the server takes', () => {
    const examples = Object.values(messages).flatMap(({ examples: own = [] }) => own);
    expect(examples.length).toBeGreaterThan(1);
    for (const { payload } of examples) {
      expect(checkEvent(payload, { tenant: null, now: Date.now() })).toMatchObject({ ok: true });
    }
  });
});

/** Addresses of pages for people and their files, which the document leaves out. */
const PAGES = [
  '/',
  '/reports',
  '/live',
  '/goals',
  '/keys',
  '/settings',
  '/sign-in',
  '/tv',
  '/icon.svg',
  '/map.geojson',
  '/docs.css',
];

it('describes every route, for those who may call it, and nothing else', () => {
  const routes = routesOf([HealthController, QueryModule, IngestModule, FactsModule, LeaderboardsModule])
    .filter(({ path }) => !PAGES.includes(path) && !/^\/(assets|reports)\//.test(path))
    .map(({ method, path, access }) => ({
      route: `${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
      access: access === 'public' ? null : [...access].sort(),
    }));
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      access: operation['x-roles'] ? [...operation['x-roles']].sort() : null,
    })),
  );
  // A report of its own is the route of all reports.
  const own = described.filter(({ route }) => !/\/v1\/reports\/[a-z]/.test(route));
  const byRoute = (a: { route: string }, b: { route: string }): number => (a.route < b.route ? -1 : 1);
  expect(own.sort(byRoute)).toEqual(routes.sort(byRoute));
});

it('is served as a document and as a page that loads nothing from elsewhere', async () => {
  @Module({ controllers: [OpenApiController] })
  class Root {}
  const app = await createHttpApp(Root, { logger: createLogger('test', 'silent') });
  await app.init();
  const served = await app.inject({ method: 'GET', url: '/openapi.json' });
  expect(served.headers['content-type']).toContain('application/json');
  expect(JSON.parse(served.body)).toEqual(JSON.parse(JSON.stringify(document)));
  const page = await app.inject({ method: 'GET', url: '/docs' });
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, to]) => to);
  expect(new Set(loaded)).toEqual(new Set(['/icon.svg', '/docs.css', '/openapi.json']));
  expect(page.body).not.toMatch(/<script|<style| style=/);
  expect((await app.inject({ method: 'GET', url: '/docs.css' })).headers['content-type']).toContain(
    'text/css',
  );
  for (const path of Object.keys(document.paths)) expect(page.body).toContain(`<code>${path}</code>`);
  await app.close();
});

describe('the guide to the size of a cluster', () => {
  const guide = readFileSync(join(ROOT, 'docs/guides/size-a-cluster.md'), 'utf8');
  const command = /^```sh\nnode (\S+) ([^]*?)```$/m.exec(guide) ?? [];
  const size = (...args: string[]): Promise<{ stdout: string }> =>
    run('node', ['docs/guides/size-a-cluster.mjs', ...args], { cwd: ROOT });

  it('shows what its command prints', async () => {
    const [, program, options = ''] = command;
    expect(program).toBe('docs/guides/size-a-cluster.mjs');
    const { stdout } = await size(...options.replace('\\\n', '').trim().split(/\s+/));
    expect(stdout.split('\n').length).toBeGreaterThan(10);
    expect(guide).toContain(`\n\n${stdout}\n`);
  });

  it('counts as "What growth needs" does', async () => {
    const load = '--peak 100000 --average 10000 --tenants 10000 --people 1 --viewers 1 --largest 30000';
    const { stdout } = await size(...`${load} --records 1000000000 --years 1`.split(' '));
    const needs = Object.fromEntries(
      stdout.split('\n').map((row) => row.split(' | ').map((cell) => cell.replace('| ', ''))),
    ) as Record<string, string>;
    const [cores, perEvent] = [100_000 / 1e6, figures()];
    for (const [part, microseconds] of Object.entries(perEvent)) {
      expect(needs[part]).toBe(`${Math.ceil((cores * microseconds) / 0.5)} processes`);
    }
    const most = Math.max(perEvent.leaderboards, perEvent.facts);
    expect(needs['`LOG_PARTITIONS`']).toBe(
      String(Math.ceil((4 * Math.ceil((cores * most) / 0.5)) / 12) * 12),
    );
    expect(needs['Redis, memory']).toBe('470 GB');
    expect(needs['largest tenant']).toBe('DOES NOT FIT');
  });

  /** Microseconds of an event in each app, as the guide's table says them. */
  function figures(): { ingest: number; leaderboards: number; facts: number } {
    const of = (text: string): number => Number(new RegExp(`(\\d+) µs ${text}`).exec(guide)?.[1]);
    return { ingest: of('at the intake'), leaderboards: of('in `leaderboards`'), facts: of('in `facts`') };
  }

  it('has the figures of the architecture, or close by, and the boards and windows there are', () => {
    const paper = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8').split('## What growth needs')[1] ?? '';
    const said = (row: string): number =>
      Number(new RegExp(`^\\| ${row} \\|\\D*(\\d+)`, 'm').exec(paper)?.[1]);
    const { ingest, leaderboards, facts } = figures();
    for (const [row, ours] of [
      ['intake', ingest],
      ['counters consumer', leaderboards],
      ['facts consumer', facts],
      ['Redis, time', Number(/(\d+) µs of Redis/.exec(guide)?.[1])],
      ['Redis, memory', Number(/(\d+) bytes of Redis$/m.exec(guide.replaceAll(' |', '\n'))?.[1])],
      ['warehouse, disk', Number(/(\d+) in ClickHouse/.exec(guide)?.[1])],
    ] as const) {
      const ratio = ours / said(row);
      expect({ row, ratio, close: ratio > 0.5 && ratio < 2 }).toEqual({ row, ratio, close: true });
    }
    expect(BOARDS).toHaveLength(9);
    expect(2 * WINDOW_KINDS.length).toBe(10);
  });

  it('says which number is missing', async () => {
    await expect(size('--peak', '5')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--average') as unknown,
    });
  });
});
