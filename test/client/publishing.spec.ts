/** The TypeScript client against a real server: every entity, what is refused, quotas, outages. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ENTITY_NAMES, type EntityName as Declared, type RecordOf } from '#crm';
import {
  EventRejected,
  eventsOf,
  FloorboardClient,
  PublishRefused,
  type ChangeEvent,
  type ClientOptions,
  type EntityName,
  type Records,
} from '../../libs/client';
import { Floor } from '../support/floor';
import { makeKey } from '../support/keys';
import { freePort } from '../support/ports';
import { RECORDS } from './records';

const crm = eventsOf('https://crm.example/client');
/** Requests a second that one key may publish; twice as many at once. */
const QUOTA = 5;

let sequence = 0;
const contractOf = (employee: string, id: string, amount: string): ChangeEvent<'contract'> =>
  crm.changed(
    'contract',
    { ...RECORDS.contract, id, ownerId: employee, amount, lines: [] },
    { sequence: (sequence += 1), verb: 'approved' },
  );

describe('the client', () => {
  let floor: Floor;
  let key: string;
  const clients: FloorboardClient[] = [];
  beforeAll(async () => {
    floor = await Floor.start('embedded', {
      PORT: String(await freePort()),
      KEY_PUBLISHES_PER_SECOND: String(QUOTA),
    });
    const roles = ['publish', 'read', 'manage'];
    key = floor.key = (await makeKey(floor, null, { roles, permission: 'all' })).key;
  }, 60_000);
  afterEach(() => clients.splice(0).forEach((client) => client.abort()));
  afterAll(() => floor?.stop());

  const clientOf = (options: Partial<ClientOptions> = {}): FloorboardClient => {
    const client = new FloorboardClient({ url: floor.ingestUrl, key, ...options });
    clients.push(client);
    return client;
  };
  const amountOf = async (employee: string): Promise<unknown> => {
    await floor.settle();
    const query = `/v1/reports/rank-contract-amount?from=2026-05-20&to=2026-05-20`;
    return (await floor.get(query)).rows.find(({ employeeId }) => employeeId === employee)?.['value'];
  };

  it('publishes a record of every entity, and deletes it again', async () => {
    const client = clientOf();
    const upserts = ENTITY_NAMES.map((entity) =>
      crm.changed<EntityName>(entity, RECORDS[entity], { sequence: (sequence += 1) }),
    );
    expect(await client.publishAll(upserts)).toEqual({ accepted: 18, rejected: [] });
    expect(await amountOf('e1')).toBe('1200.00');
    const deletions = ENTITY_NAMES.filter((entity) => entity !== 'employee').map((entity) =>
      crm.deleted(entity, RECORDS[entity].id, { sequence: (sequence += 1) }),
    );
    expect(await client.publishAll(deletions)).toEqual({ accepted: 17, rejected: [] });
    expect(await amountOf('e1')).toBeUndefined();
    await client.close();
    expect(client.stats).toMatchObject({ accepted: 35, rejected: 0, failed: 0, queued: 0 });
  }, 60_000);

  it('tells which events of a batch are not taken and why; the others are', async () => {
    const seen: EventRejected[] = [];
    const client = clientOf({ lingerMs: 200, hooks: { rejected: (rejection) => seen.push(rejection) } });
    const wrong = contractOf('e2', 'w1', 'much');
    const outcomes = Promise.allSettled([
      client.publish(contractOf('e2', 'w0', '1.00')),
      client.publish(wrong),
      client.publish(contractOf('e2', 'w2', '2.00')),
    ]);
    const [first, second, third] = await outcomes;
    expect([first?.status, third?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(second).toMatchObject({
      reason: { event: wrong, errors: [{ pointer: '/data/amount', detail: expect.any(String) as unknown }] },
    });
    expect(seen).toEqual([(second as PromiseRejectedResult).reason]);
    expect(client.stats).toMatchObject({ requests: 1, accepted: 2, rejected: 1 });
    // Nothing acceptable at all is answered 400, which is no other case here.
    await expect(client.publish(contractOf('e2', 'w3', 'more'))).rejects.toThrow(EventRejected);
    expect(await amountOf('e2')).toBe('3.00');
  }, 30_000);

  it('is refused at once with a key that may not publish', async () => {
    const { key: reader } = await makeKey(floor, key, { roles: ['read'], permission: 'all' });
    const refusal = clientOf({ key: reader }).publish(contractOf('e3', 'x', '1.00'));
    await expect(refusal).rejects.toThrow(PublishRefused);
    await expect(refusal).rejects.toMatchObject({ status: 403 });
    await expect(clientOf({ key: 'fb_no' }).publish(contractOf('e3', 'x', '1.00'))).rejects.toMatchObject({
      status: 401,
    });
  });

  it('waits as long as a quota asks, and everything arrives once', async () => {
    const waits: number[] = [];
    const client = clientOf({
      ...{ batchEvents: 1, retryFirstMs: 1, retryLongestMs: 1 },
      hooks: { retry: ({ status, waitMs }) => status === 429 && waits.push(waitMs) },
    });
    const events = Array.from({ length: 3 * QUOTA }, (_, i) => contractOf('e4', `q${i}`, '1.00'));
    expect(await client.publishAll(events)).toEqual({ accepted: events.length, rejected: [] });
    expect(waits.length).toBeGreaterThan(0);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
    expect(await amountOf('e4')).toBe(`${events.length}.00`);
  }, 60_000);

  it('goes on where it was when the server was killed and is back', async () => {
    const client = clientOf({ batchEvents: 20, retryFirstMs: 50, retryLongestMs: 300 });
    const total = 120;
    let killed: Promise<unknown> = Promise.resolve();
    let down!: () => void;
    const isDown = new Promise<void>((resolve) => (down = resolve));
    async function* events(): AsyncGenerator<ChangeEvent> {
      for (let i = 0; i < total; i++) {
        if (i === 50) {
          killed = floor.stopApps('SIGKILL').then(down);
          await isDown;
        }
        yield contractOf('e5', `s${i}`, '1.00');
      }
    }
    const published = client.publishAll(events());
    await isDown;
    while (client.stats.retries === 0) await sleep(10);
    await killed;
    await floor.startApps();
    expect(await published).toEqual({ accepted: total, rejected: [] });
    expect(await amountOf('e5')).toBe(`${total}.00`);
  }, 90_000);
});

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Each property by itself, so that intersections and interfaces compare alike. */
type Flat<T> = T extends readonly (infer I)[]
  ? Flat<I>[]
  : T extends object
    ? { [K in keyof T]: Flat<T[K]> }
    : T;
type Drift = {
  [E in Declared]: Same<Flat<RecordOf<E>>, Flat<Records[E]>> extends true ? never : E;
}[Declared];

it('has the types of the contract: the compiler names the entities that differ', () => {
  const same: [Drift] extends [never] ? Same<Declared, EntityName> : Drift = true;
  expect(same).toBe(true);
  expect(Object.keys(RECORDS)).toEqual(ENTITY_NAMES);
});
