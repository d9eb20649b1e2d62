/**
 * From an embedded folder to Kafka, Redis and ClickHouse with everything in it: each report and board
 * answers the same afterwards, keys open what they opened, and moving again changes nothing.
 */
import { isoOf, zoneNamed } from '#calendar';
import type { CloudEvent } from '#crm';
import { BOARDS } from '#metrics';
import { openWarehouse } from '#warehouse';
import { randomHistory } from '../model';
import { contractEvent, remove } from '../support/events';
import { Floor } from '../support/floor';
import { bearer, makeKey } from '../support/keys';

const ZONE = 'Asia/Kolkata';
/** However busy the machine is, every question has its answer. */
const ENV = { TIME_ZONE: ZONE, QUERY_TIMEOUT_S: '120' };

interface Catalogue {
  reports: { id: string; parameters: { name: string }[] }[];
}

interface Letters {
  rows: { id: string; reason: string; errors: unknown; event: unknown }[];
}

/** An event as CRMs send them that have no versions: its time is its version. */
const unversioned = (id: string, time: string, amount: string): CloudEvent => ({
  ...contractEvent(id, { amount, orderDate: '2026-05-20', sequence: '1' }),
  ...{ sequence: undefined, time, source: '/unversioned', id: `${id}-${time}` },
});

/** Events that no random history has. */
const EXTRA: CloudEvent[] = [
  unversioned('u1', '2026-05-20T10:00:00.123456+08:00', '10.00'),
  unversioned('u1', '2026-05-20T10:00:00.123457+08:00', '20.00'),
  contractEvent('gone', { amount: '5.00', orderDate: '2026-05-20', sequence: '1' }),
  remove('contract', 'gone', { sequence: '2' }),
  {
    ...contractEvent('q1', { amount: '1.00', orderDate: '2026-05-20', sequence: '3' }),
    ...{ type: 'crm.quote.sent', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  },
];

describe('a move from an embedded folder to servers', () => {
  let embedded: Floor;
  let servers: Floor;
  beforeAll(async () => {
    [embedded, servers] = await Promise.all([Floor.start('embedded', ENV), Floor.start('servers', ENV)]);
  }, 180_000);
  afterAll(() => Promise.all([embedded?.stop(), servers?.stop()]), 120_000);

  const move = async (): Promise<{ code: number | null; output: string }> => {
    const { DATA_DIR: _, ...target } = servers.env;
    const { DATA_DIR = '' } = embedded.env;
    // The command line of the servers on the folder of the embedded server.
    const mover = Object.create(servers, { env: { value: { ...target, DATA_DIR } } }) as Floor;
    return mover.command(['move', '--json']);
  };

  /** The command's result among its progress. */
  const outcomeOf = (output: string): Record<string, number> =>
    JSON.parse(output.split('\n').find((line) => line.startsWith('{"')) ?? '{}') as Record<string, number>;

  /** What a floor answers: every report and board, names of people and letters, who may do what. */
  async function answersOf(floor: Floor): Promise<Record<string, unknown>> {
    await floor.settle();
    const { reports } = await floor.get<Catalogue>('/v1/reports?lang=en');
    const period = (parameters: { name: string }[]): string => {
      const names = parameters.map(({ name }) => name);
      if (names.includes('preset')) return 'preset=year';
      return names.includes('year') ? 'year=2026' : '';
    };
    const paths = [
      ...reports.map(({ id, parameters }) => `/v1/reports/${id}?${period(parameters)}`),
      ...BOARDS.map(({ id }) => `/v1/leaderboards/${id}?preset=month&limit=1000`),
      ...['/v1/departments', '/v1/employees', '/v1/keys', '/v1/settings', '/v1/layout'],
    ];
    const answers: Record<string, unknown> = {};
    for (const path of paths) {
      const { freshness: _, ...answer } = await floor.get<{ freshness?: unknown }>(path);
      answers[path] = answer;
    }
    const { rows } = await floor.get<Letters>('/v1/dead-letters');
    const letters = rows.map(({ reason, errors, event }) => ({ reason, errors, event }));
    return { ...answers, letters };
  }

  it('keeps every number, every key and every version', async () => {
    const today = isoOf(zoneNamed(ZONE).dayAt(Date.now()));
    const history = randomHistory(7, { timeZone: ZONE, today, size: 60, startedAt: Date.now() - 86_400_000 });
    const events = [...history.events, ...EXTRA];
    await embedded.publish(events);
    const invalid = (id: string): CloudEvent => ({ ...EXTRA[2]!, id, time: 'yesterday' });
    const batch = { 'content-type': 'application/cloudevents-batch+json' };
    await embedded.request('POST', '/v1/events', [invalid('open'), invalid('closed')], batch);
    await embedded.request('PUT', '/v1/settings', { risingColour: 'green' });
    const made = await makeKey(embedded, null, { roles: ['publish', 'read', 'manage'], permission: 'all' });
    embedded.key = made.key;
    const { rows } = await embedded.get<Letters>('/v1/dead-letters');
    const closed = rows.find(({ event }) => (event as CloudEvent).id === 'closed');
    await embedded.request('DELETE', `/v1/dead-letters/${closed?.id}`);
    const before = await answersOf(embedded);
    expect(before['letters']).toHaveLength(1);

    // While its server runs the folder is not touched.
    expect(await move()).toMatchObject({
      code: 78,
      output: expect.stringContaining('another floorboard') as unknown,
    });
    await embedded.stopApps();
    const first = await move();
    expect({ ...first }).toEqual({ code: 0, output: expect.any(String) as unknown });
    const moved = outcomeOf(first.output);
    expect(moved).toMatchObject({ deadLetters: 1 });
    expect(moved['events']).toBeGreaterThanOrEqual(new Set(events.map(({ id }) => id)).size);
    // Apps that were open before know that there is a key only once they start anew.
    await servers.stopApps();
    await servers.startApps();
    servers.key = made.key;
    expect(await answersOf(servers)).toEqual(before);
    await versionsMustBe(events);

    const second = await move();
    expect(outcomeOf(second.output)).toMatchObject({ deadLetters: 0, control: 0 });
    expect(await answersOf(servers)).toEqual(before);
    expect((await servers.request('GET', '/v1/me', undefined, bearer('fb_no'))).status).toBe(401);
  }, 180_000);

  /** The whole history is there, not only the newest state. */
  async function versionsMustBe(events: readonly CloudEvent[]): Promise<void> {
    const { CLICKHOUSE_URL: url, DATA_DIR: dataDir = '' } = servers.env;
    const warehouse = await openWarehouse({ url, dataDir, readOnly: true });
    const rows = await warehouse.query<{ id: string }>(
      'SELECT DISTINCT event_id AS id FROM change_events ORDER BY id',
      {},
      { tag: { report: 'test', tenant: '' } },
    );
    await warehouse.close();
    expect(rows.map(({ id }) => id)).toEqual([...new Set(events.map(({ id }) => id))].sort());
  }
});
