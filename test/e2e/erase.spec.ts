/** A record erased: gone from everywhere, numbers as if it had been deleted, and nothing revives it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openChangeLog, TOPICS } from '#change-log';
import type { CloudEvent } from '#crm';
import { contractEvent } from '../support/events';
import { ENGINE_SETS, Floor, type Row } from '../support/floor';

const BOARD = '/v1/leaderboards/rank-contract-amount';

const today = new Date().toISOString().slice(0, 10);

const year = Number(today.slice(0, 4));

const contract = (id: string, amount: string, sequence: string): CloudEvent =>
  contractEvent(id, { amount, orderDate: today, sequence });

describe.each(ENGINE_SETS)('erasure on %s engines', (set) => {
  let floor: Floor;
  beforeAll(async () => {
    floor = await Floor.start(set, { RECONCILIATION_SECONDS: '0' });
  }, 180_000);
  afterAll(() => floor?.stop());

  /** The contract board of this year, from the counters. */
  async function board(): Promise<Row[]> {
    await floor.settle();
    for (;;) {
      const { source, rows } = await floor.get(`${BOARD}?preset=year`);
      if (source === 'live') return rows;
      await sleep(100);
    }
  }
  const fromWarehouse = async (): Promise<Row[]> =>
    (await floor.get(`${BOARD}?from=${year - 1}-01-02&to=${year + 1}-12-30`)).rows;
  const gone = [contract('gone', '5.00', '1'), contract('gone', '7.00', '2')];

  it('takes every version out and leaves the numbers exact', async () => {
    await floor.publish([...gone, contract('kept', '1.00', '1')]);
    await floor.request('POST', '/v1/events', [contract('gone', 'bad', '9'), contract('kept', 'bad', '9')], {
      'content-type': 'application/cloudevents-batch+json',
    });
    expect(await board()).toMatchObject([{ employeeId: 'e1', value: '8.00' }]);
    const { code, output } = await floor.command(['erase', 'contract', 'gone']);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('erased: 2 versions in the warehouse, 1 dead letters');
    expect(output).toContain(
      set === 'embedded' ? '2 records are out of the change log' : 'Kafka keeps its copy',
    );
    expect(await board()).toMatchObject([{ employeeId: 'e1', value: '1.00' }]);
    expect(await fromWarehouse()).toMatchObject([{ employeeId: 'e1', value: '1.00' }]);
    const letters = await floor.get<{ rows: { event: CloudEvent }[] }>('/v1/dead-letters');
    expect(letters.rows.map(({ event }) => event.subject)).toEqual(['kept']);
    const audit = await floor.get<{ rows: Row[] }>('/v1/audit');
    expect(audit.rows.map(({ action }) => action)).toContain('record.erased');
    // Nor does the audit log say whom it was about.
    expect(JSON.stringify(audit.rows.filter(({ action }) => action === 'record.erased'))).not.toContain(
      'gone',
    );
  }, 120_000);

  it('is not undone by a replay, nor by a rebuild', async () => {
    await floor.publish([...gone, contract('gone', '6.00', '0')]);
    expect(await board()).toMatchObject([{ value: '1.00' }]);
    expect(await fromWarehouse()).toMatchObject([{ value: '1.00' }]);
    expect(await floor.command(['rebuild'])).toMatchObject({ code: 0 });
    expect(await board()).toMatchObject([{ value: '1.00' }]);
    expect(await floor.command(['verify'])).toMatchObject({ code: 0 });
    await floor.stopApps();
    await floor.startApps();
    await floor.publish(gone);
    expect(await board()).toMatchObject([{ value: '1.00' }]);
    expect(await fromWarehouse()).toMatchObject([{ value: '1.00' }]);
  }, 180_000);

  it('leaves room for a record that begins anew, and says what it does not know', async () => {
    await floor.publish([contract('gone', '2.00', '3')]);
    expect(await board()).toMatchObject([{ value: '3.00' }]);
    const unknown = await floor.command(['erase', 'contract', 'never-was']);
    expect(unknown).toMatchObject({ code: 78 });
    expect(unknown.output).toContain('there is no contract never-was');
  }, 120_000);

  it('leaves nothing of it in the log where that is ours', async () => {
    expect(await floor.command(['erase', 'contract', 'gone'])).toMatchObject({ code: 0 });
    if (set === 'servers') return;
    await floor.stopApps();
    const log = await openChangeLog({ dataDir: floor.dataDir });
    try {
      for (const topic of [TOPICS.events, TOPICS.deadLetters, TOPICS.control]) {
        for (const { partition } of await log.offsets(topic)) {
          const records = await log.read(topic, partition, 0, 10_000);
          expect(records.filter(({ key, value }) => `${key} ${value.toString()}`.includes('gone'))).toEqual(
            [],
          );
        }
      }
    } finally {
      await log.close();
    }
  }, 120_000);
});
