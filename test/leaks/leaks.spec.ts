/**
 * Nobody sees what is not theirs. Random organisations in several tenants with the same ids, every text
 * marked with its record; every route, report, file, list of records, board, live topic, link and error is
 * asked by callers of every role and data permission, and whatever comes back is searched for marks. Reports
 * and boards are held against the model too, so that numbers leak no more than names.
 *
 * `npm test` asks a part of it; all of it, on servers:
 *
 *   LEAK_SEED=7 LEAK_TENANTS=3 LEAK_STRIDE=1 LEAK_READERS=10 LEAK_ENGINES=servers npm test -- test/leaks
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoOf, zoneNamed } from '#calendar';
import { REPORTS } from '#reports';
import { Random, randomHistory } from '../model';
import { Floor, type EngineSet } from '../support/floor';
import { makeKeyByCommand } from '../support/keys';
import { mark, marked } from './marked';
import { Probe } from './probe';
import { TenantUnderTest } from './tenant';
import { callersOf, type Visitor } from './visitors';
import { dealsOf } from './wins';

const SEED = Number(process.env['LEAK_SEED'] ?? 20261125);
const QUESTIONS = Number(process.env['LEAK_QUESTIONS'] ?? 1);
const ENGINES = (process.env['LEAK_ENGINES'] ?? 'embedded') as EngineSet;
/** Readers per tenant; each permission is among them. */
const READERS = Number(process.env['LEAK_READERS'] ?? 7);
/** Each reader asks every so manieth report, each another part of them. */
const STRIDE = Number(process.env['LEAK_STRIDE'] ?? 4);

const TENANTS = [
  { id: 'alpha', zone: 'Asia/Shanghai' },
  { id: 'beta', zone: 'America/New_York' },
  { id: 'gamma', zone: 'Asia/Kolkata' },
].slice(0, Number(process.env['LEAK_TENANTS'] ?? 2));

let folder: string;
let floor: Floor;
let probe: Probe;
const tenants: TenantUnderTest[] = [];
const visitors: Visitor[] = [];

async function plant(id: string, zone: string, index: number): Promise<TenantUnderTest> {
  const today = isoOf(zoneNamed(zone).dayAt(Date.now()));
  const startedAt = Date.now() - 86_400_000;
  const history = randomHistory(SEED + index, { timeZone: zone, today, size: 14, versions: 3, startedAt });
  const admin = (await makeKeyByCommand(floor, id)).key;
  const tenant = new TenantUnderTest(id, zone, today, admin);
  await probe.publish(tenant, marked(id, history.events));
  // Told again, all of it is stale, and the status counts that by its source.
  await probe.publish(tenant, marked(id, history.events.slice(0, 50)));
  await probe.refuseOne(tenant);
  return tenant;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leaks-'));
  const lines = TENANTS.map(
    ({ id, zone }) => `  - { id: ${id}, name: 'Tenant ${mark(id, 'tenant', id)}', zone: ${zone} }`,
  );
  writeFileSync(join(folder, 'tenants.yaml'), `tenants:\n${lines.join('\n')}\n`);
  floor = await Floor.start(ENGINES, { TENANTS_FILE: join(folder, 'tenants.yaml') });
  probe = new Probe(floor);
  for (const [index, { id, zone }] of TENANTS.entries()) tenants.push(await plant(id, zone, index));
  // One tenant's boards stand inside the data permission.
  await probe.manage(tenants[1]!, 'PUT', '/v1/settings', { boardVisibility: 'permission' });
  tenants[1]!.boardVisibility = 'permission';
  await probe.settle(tenants);
  for (const tenant of tenants) visitors.push(...(await callersOf(probe, tenant, new Random(SEED), READERS)));
}, 300_000);

afterAll(async () => {
  await floor?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const readers = (): Visitor[] => visitors.filter(({ role }) => role === 'read');

it('streams show nobody what is not theirs, also while others win deals', async () => {
  for (const tenant of tenants) await probe.publish(tenant, dealsOf(tenant, 'open'));
  await probe.settle(tenants);
  await Promise.all(visitors.map((visitor) => probe.openStreams(visitor)));
  for (const tenant of tenants) await probe.publish(tenant, dealsOf(tenant, 'won'));
  await probe.settle(tenants);
  await probe.closeStreams(visitors);
  expect({ leaks: probe.leaks, wrong: probe.wrong }).toEqual({ leaks: [], wrong: [] });
  expect(probe.mentionsOf('GET /v1/live feed')).toBeGreaterThan(20);
}, 300_000);

it('reports, their files and the records behind them are those of the model', async () => {
  for (const [turn, visitor] of readers().entries()) {
    for (const [nth, report] of REPORTS.entries()) {
      if ((nth + turn) % STRIDE !== 0) continue;
      for (let question = 0; question < QUESTIONS; question++) {
        await probe.askReport(visitor, report, SEED + 1_000 * nth + question);
      }
    }
  }
  expect({ leaks: probe.leaks, wrong: probe.wrong }).toEqual({ leaks: [], wrong: [] });
}, 3_600_000);

it('boards, lists, goals and everything else, by every caller', async () => {
  for (const visitor of visitors) await probe.askEverything(visitor, tenants);
  expect({ leaks: probe.leaks, wrong: probe.wrong }).toEqual({ leaks: [], wrong: [] });
}, 3_600_000);

it('has looked at enough to say so', () => {
  console.log(`seed ${SEED}, ${ENGINES} engines\n${probe.table(tenants.length)}`);
  expect(probe.mentionsSeen).toBeGreaterThan(1_000);
  expect(probe.compared).toBeGreaterThan((readers().length * REPORTS.length * QUESTIONS) / STRIDE);
  expect(probe.leaks).toEqual([]);
});
