import { takeIn, LIMITS, type Intake } from './intake';
import { itemSlices, valueSlice } from './json-slices';
import type { ProblemError } from '#platform';

const NOW = Date.UTC(2026, 4, 20, 10);
const CONTEXT = { tenant: 'default', now: NOW, limits: LIMITS };

const department = (id: string, more: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: `e-${id}`,
  source: '/crm',
  type: 'crm.department.created',
  subject: id,
  time: '2026-05-20T09:00:00.000Z',
  data: { id, name: `Abteilung ${id} – 部门` },
  ...more,
});

const send = (type: string | undefined, body: string | Buffer, headers: object = {}): Intake =>
  takeIn(
    {
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
      body: Buffer.from(body),
    },
    CONTEXT,
  );

const single = (event: unknown, type = 'application/cloudevents+json'): Intake =>
  send(type, JSON.stringify(event));
const batch = (events: unknown): Intake => send('application/cloudevents-batch+json', JSON.stringify(events));

function refusal(run: () => unknown): ProblemError {
  try {
    run();
  } catch (error) {
    return error as ProblemError;
  }
  throw new Error('was taken');
}

const parsed = (intake: Intake, index = 0): Record<string, unknown> =>
  JSON.parse(intake.records[index]!.value.toString()) as Record<string, unknown>;

describe('structured mode', () => {
  it('keeps the event as it was sent, with the tenant filled in', () => {
    const text = ` {"specversion":"1.0","id":"1","source":"/crm","type":"crm.gadget.made","subject":"g","time":"2026-05-20T09:00:00Z",
      "data":{"id":"g","large":123456789012345678901234567890,"tenths":1.10}}\n`;
    const intake = send('application/cloudevents+json', text);
    expect(intake.rejected).toEqual([]);
    expect(intake.records).toHaveLength(1);
    const [record] = intake.records;
    expect(record!.key).toBe('default/gadget/g');
    expect(record!.headers).toEqual({ 'content-type': 'application/cloudevents+json' });
    expect(record!.value.toString()).toBe(`{"tenantid":"default",${text.trim().slice(1)}`);
    expect(parsed(intake)['tenantid']).toBe('default');
  });

  it('leaves an event that names its tenant alone', () => {
    const event = department('d', { tenantid: 'default' });
    expect(single(event).records[0]!.value.toString()).toBe(JSON.stringify(event));
  });

  it.each(['application/cloudevents+json; charset=utf-8', 'Application/CloudEvents+JSON;charset="UTF-8"'])(
    'takes content type %s',
    (type) => expect(single(department('d'), type).records).toHaveLength(1),
  );

  it('names every wrong field of a rejected event and keeps its bytes', () => {
    const event = department('d', { time: 'yesterday', data: { id: 'd', parentId: 7 } });
    const intake = single(event);
    expect(intake.records).toEqual([]);
    expect(intake.rejected[0]).toMatchObject({ index: 0, id: 'e-d' });
    expect(intake.rejected[0]!.errors.map((e) => e.pointer).sort()).toEqual([
      '/data/name',
      '/data/parentId',
      '/time',
    ]);
    const [letter] = intake.deadLetters;
    expect(letter!.key).toBe('default');
    expect(letter!.value.toString()).toBe(JSON.stringify(event));
    expect(letter!.headers).toEqual({
      reason: 'invalid',
      problems: JSON.stringify(intake.rejected[0]!.errors),
      tenant: 'default',
      'received-at': '2026-05-20T10:00:00.000Z',
      'event-id': 'e-d',
      'event-source': '/crm',
    });
  });

  it('rejects the event of another tenant', () => {
    const { rejected } = single(department('d', { tenantid: 'other' }));
    expect(rejected[0]!.errors[0]!.pointer).toBe('/tenantid');
  });

  it.each([null, 7, 'x', [department('d')]])('rejects what is no event object: %j', (event) => {
    const intake = single(event);
    expect(intake.rejected).toMatchObject([{ index: 0, id: null, errors: [{ pointer: '' }] }]);
    expect(intake.deadLetters).toHaveLength(1);
  });

  it('refuses an event beyond 512 KiB', () => {
    const event = department('d', { data: { id: 'd', name: 'd', more: 'x'.repeat(LIMITS.eventBytes) } });
    expect(refusal(() => single(event)).status).toBe(413);
  });

  it('names no more than twenty problems of one event', () => {
    const lines = Array.from({ length: 500 }, () => ({}));
    const { rejected } = single(department('c', { type: 'crm.contract.created', data: { id: 'c', lines } }));
    expect(rejected[0]!.errors).toHaveLength(21);
    expect(rejected[0]!.errors.at(-1)!.detail).toMatch(/^has \d+ more problems$/);
  });
});

describe('batch mode', () => {
  it('takes the good neighbours of bad events', () => {
    const intake = batch([department('a'), 5, department('b', { type: 'nonsense' }), department('c')]);
    expect(intake.records.map((r) => r.key)).toEqual(['default/department/a', 'default/department/c']);
    expect(parsed(intake, 1)['data']).toEqual({ id: 'c', name: 'Abteilung c – 部门' });
    expect(intake.rejected.map(({ index, id }) => [index, id])).toEqual([
      [1, null],
      [2, 'e-b'],
    ]);
    expect(intake.deadLetters.map((l) => l.value.toString())[0]).toBe('5');
  });

  it('takes an empty batch', () => {
    expect(batch([])).toEqual({ records: [], rejected: [], deadLetters: [] });
  });

  it('rejects an event that is too large or nested too deep, and nothing else', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    const large = 'x'.repeat(LIMITS.eventBytes);
    const intake = batch([
      department('deep', { data: { id: 'deep', name: 'd', more: deep(63) } }),
      department('fits', { data: { id: 'fits', name: 'd', more: deep(62) } }),
      department('large', { data: { id: 'large', name: 'd', more: large } }),
    ]);
    expect(intake.records.map((r) => r.key)).toEqual(['default/department/fits']);
    expect(intake.rejected.map(({ index }) => index)).toEqual([0, 2]);
    expect(intake.rejected[0]!.errors[0]!.detail).toContain('65 levels');
    const letter = intake.deadLetters[1]!;
    expect(letter.value).toHaveLength(LIMITS.eventBytes);
    expect(letter.headers).toMatchObject({ reason: 'too-large' });
    expect(Number(letter.headers!['original-bytes'])).toBeGreaterThan(LIMITS.eventBytes);
  });

  it('bears nesting of any depth', () => {
    const intake = send(
      'application/cloudevents-batch+json',
      `[${'['.repeat(200_000)}${']'.repeat(200_000)}]`,
    );
    expect(intake.rejected[0]!.errors[0]!.detail).toContain('200000 levels');
  });

  it('refuses more than 5,000 events', () => {
    const problem = refusal(() => batch(new Array(LIMITS.events + 1).fill(1)));
    expect(problem.status).toBe(413);
    expect(problem.message).toContain('5001');
  });

  it('refuses what is no array', () => {
    expect(refusal(() => batch(department('d')))).toMatchObject({ status: 400 });
  });
});

describe('binary mode', () => {
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': '"quoted \\"id\\""',
    'ce-source': '/crm',
    'ce-type': 'crm.department.created',
    'ce-subject': '%E9%94%80%E5%94%AE%20%25',
    'ce-time': '2026-05-20T09:00:00.000Z',
    'ce-sequence': '12',
    accept: '*/*',
  };
  const data = '{"id": "销售 %", "name": "n"}';

  it('puts the event together from headers and body', () => {
    const intake = send('application/json; charset=utf-8', data, headers);
    expect(intake.rejected).toEqual([]);
    expect(intake.records[0]!.key).toBe('default/department/销售 %');
    expect(parsed(intake)).toEqual({
      tenantid: 'default',
      specversion: '1.0',
      id: 'quoted "id"',
      source: '/crm',
      type: 'crm.department.created',
      subject: '销售 %',
      time: '2026-05-20T09:00:00.000Z',
      sequence: '12',
      datacontenttype: 'application/json',
      data: { id: '销售 %', name: 'n' },
    });
  });

  it('takes a deletion without a body', () => {
    const intake = send('application/json', '', { ...headers, 'ce-type': 'crm.department.deleted' });
    expect(intake.rejected).toEqual([]);
    expect(parsed(intake)['data']).toBeUndefined();
  });

  it('does not let a body break out of the data', () => {
    const body = '{"id":"x"},"tenantid":"other"';
    expect(refusal(() => send('application/json', body, headers)).status).toBe(400);
  });

  it('rejects a header that is no UTF-8, naming the attribute', () => {
    const intake = send('application/json', data, { ...headers, 'ce-subject': '%ff' });
    expect(intake.rejected[0]!.errors).toEqual([
      { pointer: '/subject', detail: 'header ce-subject is no percent-encoded UTF-8' },
    ]);
  });

  it('rejects headers that make no event', () => {
    const intake = send('application/json', data, { 'ce-specversion': '1.0' });
    expect(intake.rejected[0]!.errors.map((e) => e.pointer)).toContain('/type');
  });
});

describe('a message that is none', () => {
  it.each([undefined, 'text/plain', 'application/json', 'application/xml; charset=utf-8'])(
    'refuses content type %s and says what is accepted',
    (type) => {
      const problem = refusal(() => send(type, '{}'));
      expect(problem.status).toBe(415);
      expect(problem.message).toContain('application/cloudevents+json, application/cloudevents-batch+json');
    },
  );

  it('refuses other charsets and encodings', () => {
    expect(refusal(() => single(department('d'), 'application/cloudevents+json; charset=gbk'))).toMatchObject(
      {
        status: 415,
      },
    );
    expect(
      refusal(() => send('application/cloudevents+json', '{}', { 'content-encoding': 'gzip' })),
    ).toMatchObject({ status: 415 });
  });

  it('says where malformed JSON is wrong', () => {
    const problem = refusal(() => send('application/cloudevents+json', '{"id": "1",\n "source" 5}'));
    expect(problem.status).toBe(400);
    expect(problem.message).toBe('the body is malformed JSON at line 2, column 11');
    expect(refusal(() => send('application/cloudevents+json', '')).message).toContain('ends too early');
  });

  it('refuses bytes that are no UTF-8', () => {
    const problem = refusal(() => send('application/cloudevents+json', Buffer.from([0x7b, 0xff, 0x7d])));
    expect(problem).toMatchObject({ status: 400, message: 'the body is not UTF-8' });
  });
});

describe('slices of JSON', () => {
  it.each([
    ['[]', []],
    [' [ 1 , "a,]\\"" , {"b":[1,{}]},[ ] ] ', ['1', '"a,]\\""', '{"b":[1,{}]}', '[ ]']],
    ['["\\\\",null]', ['"\\\\"', 'null']],
  ])('of %s', (json, items) => {
    const bytes = Buffer.from(json);
    expect(itemSlices(bytes).map(({ start, end }) => bytes.toString('utf8', start, end))).toEqual(items);
  });

  it('tells how deep each is', () => {
    expect(itemSlices(Buffer.from('[1,{},[[1]],{"a":{"b":[]}}]')).map((slice) => slice.depth)).toEqual([
      0, 1, 2, 3,
    ]);
    expect(valueSlice(Buffer.from(' {"a":"[["} '))).toEqual({ start: 1, end: 11, depth: 1 });
  });
});
