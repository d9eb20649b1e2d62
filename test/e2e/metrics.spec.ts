/** What the processes say of themselves on METRICS_PORT, and of old events in the status. */
import { upsert } from '../support/events';
import { ENGINE_SETS, Floor } from '../support/floor';
import { LiveClient } from '../support/sse';

const employee = (id: string, sequence: string): ReturnType<typeof upsert> => ({
  ...upsert('employee', { id, name: id, status: 'active' }),
  sequence,
});

describe.each(ENGINE_SETS)('metrics on %s engines', (set) => {
  let floor: Floor;
  beforeAll(async () => {
    floor = await Floor.start(set, { METRICS_PORT: '0' });
  }, 120_000);
  afterAll(() => floor?.stop());

  /** Samples of all processes: `name{label="value",…}` to the sum over the processes. */
  const scrape = async (): Promise<Map<string, number>> => {
    const samples = new Map<string, number>();
    for (const url of floor.metricsUrls()) {
      for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
        const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
        if (name === undefined) continue;
        const key = `${name}{${labels}}`;
        samples.set(key, (samples.get(key) ?? 0) + Number(value));
      }
    }
    return samples;
  };

  const sumOf = (samples: Map<string, number>, name: string, label = ''): number =>
    [...samples].reduce(
      (sum, [key, value]) => (key.startsWith(`${name}{`) && key.includes(label) ? sum + value : sum),
      0,
    );

  it('counts events from the door to both sinks, bad and old ones too', async () => {
    await floor.publish([employee('a', '5'), employee('b', '5')]);
    await floor.settle();
    const old = { ...employee('a', '4'), source: '/old' };
    const bad = { ...employee('c', '1'), subject: 'other' };
    expect((await floor.request('POST', '/v1/events', [old, bad], BATCH)).status).toBe(202);
    await floor.settle();
    await floor.get('/v1/reports/customer-total');
    await floor.get('/v1/leaderboards/rank-contract-amount');

    const samples = await scrape();
    expect(sumOf(samples, 'floorboard_events_accepted_total')).toBe(3);
    expect(sumOf(samples, 'floorboard_events_rejected_total')).toBe(1);
    for (const consumer of ['facts', 'leaderboards']) {
      const label = `consumer="${consumer}"`;
      expect(sumOf(samples, 'floorboard_consumer_records_total', label)).toBe(3);
      expect(sumOf(samples, 'floorboard_consumer_batch_records_sum', label)).toBe(3);
      expect(sumOf(samples, 'floorboard_event_delay_seconds_count', label)).toBeGreaterThan(0);
      expect(sumOf(samples, 'floorboard_consumer_lag_events', label)).toBe(0);
      expect(samples.has(`floorboard_consumer_lag_seconds{${label},partition="0"}`)).toBe(true);
    }
    expect(sumOf(samples, 'floorboard_report_duration_seconds_count', 'report="customer-total"')).toBe(1);
    expect(sumOf(samples, 'floorboard_board_answers_total', 'source="live"')).toBe(1);
    const route = 'route="/v1/reports/:id",status="200"';
    expect(sumOf(samples, 'floorboard_http_request_duration_seconds_count', route)).toBe(1);
    for (const kind of ['read', 'write']) {
      expect(sumOf(samples, 'floorboard_warehouse_wait_seconds_count', `kind="${kind}"`)).toBeGreaterThan(0);
    }
    expect(sumOf(samples, 'floorboard_warehouse_connections')).toBeGreaterThan(2);
    expect(sumOf(samples, 'floorboard_warehouse_statements_waiting', 'kind="read"')).toBe(0);
    expect(sumOf(samples, 'floorboard_rebuild_running')).toBe(0);
    expect(sumOf(samples, 'floorboard_reconciliation_drift')).toBe(0);
  });

  it('tells the tenant of old events by their source', async () => {
    const { consumers } = await floor.get<{ consumers: { name: string; stale: object }[] }>('/v1/status');
    expect(consumers.find(({ name }) => name === 'leaderboards')?.stale).toEqual({ '/old': 1 });
  });

  it('counts the streams that are open', async () => {
    const client = await LiveClient.open(floor.queryUrl, ['status']);
    expect(sumOf(await scrape(), 'floorboard_live_streams')).toBe(1);
    client.close();
  });

  it('names the dependencies', async () => {
    for (const url of floor.metricsUrls()) {
      const { dependencies } = (await (await fetch(`${url}/health/ready`)).json()) as {
        dependencies: { name: string; ok: boolean }[];
      };
      expect(dependencies).toEqual(['log', 'counters', 'warehouse'].map((name) => ({ name, ok: true })));
    }
  });
});

const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
