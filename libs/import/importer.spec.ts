import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zoneNamed } from '#calendar';
import type { CloudEvent } from '#crm';
import {
  Importer,
  MappingError,
  parseMapping,
  runImport,
  type ImportSettings,
  type ImportSummary,
} from './index';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floorboard-import-'));
  writeFileSync(
    join(folder, 'people.csv'),
    '\ufeffname,team,hired\nÉva Ortiz,North,2020-02-01\nBo Li,South,\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const HEAD = `
name: test
files:
  people: { path: people.csv }
  deals: { path: deals.csv, delimiter: ';' }
entities:
`;

const DEALS =
  'no;who;on;worth\nd1;Bo Li;2024-03-10;10.50\nd2;Éva Ortiz;2024-03-11;7\nd3;Bo Li;2024-03-11;1\n';

const importer = (entities: string, deals = DEALS, head = HEAD): Importer => {
  writeFileSync(join(folder, 'deals.csv'), deals);
  return new Importer(parseMapping(head + entities, 'm.yaml'), folder);
};

async function run(
  from: Importer,
  settings: ImportSettings = { zone: zoneNamed('Asia/Shanghai') },
): Promise<ImportSummary & { events: CloudEvent[] }> {
  const events: CloudEvent[] = [];
  const publish = async (batch: readonly CloudEvent[]): Promise<{ rejected: [] }> => {
    events.push(...batch);
    return { rejected: [] };
  };
  return { ...(await runImport(from, { publish }, settings)), events };
}

/** One customer per person, with this expression as its name. */
const customers = (name: string, deals?: string, head?: string): Importer =>
  importer(
    `  - entity: department
    from: people
    id: { slug: { column: name } }
    time: '2024-01-01'
    fields: { name: ${name} }`,
    deals,
    head,
  );

const names = async (name: string): Promise<unknown[]> =>
  (await run(customers(name))).events.map((event) => (event.data as { name: string }).name);

function mistakes(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof MappingError) return error.message.split('\n');
    throw error;
  }
  throw new Error('was accepted');
}

describe('expressions', () => {
  it.each([
    ['constants', 'x', ['x', 'x']],
    ['columns', '{ column: team }', ['North', 'South']],
    ['templates', "{ template: '{team} ({name})' }", ['North (Éva Ortiz)', 'South (Bo Li)']],
    ['slugs', '{ slug: { column: name } }', ['eva-ortiz', 'bo-li']],
    ['hashes', '{ hash: { column: team } }', [hash('North'), hash('South')]],
    ['value maps', '{ map: { from: { column: team }, values: { North: N }, otherwise: S } }', ['N', 'S']],
    ['the first of several', "{ first: [{ column: hired }, '-'] }", ['2020-02-01', '-']],
    ['the latest of several', "{ latest: [{ column: hired }, '2019-01-01'] }", ['2020-02-01', '2019-01-01']],
    ['conditions', '{ if: { where: { team: [North, East] }, then: a, else: b } }', ['a', 'b']],
    [
      'negated conditions',
      '{ if: { where: { team: { not: North }, hired: { empty: true } }, then: a, else: b } }',
      ['b', 'a'],
    ],
    ['conditions on values', '{ if: { given: { column: hired }, then: a, else: b } }', ['a', 'b']],
    [
      'a value of another file',
      '{ lookup: { file: deals, match: { who: { column: name } }, value: { column: no } } }',
      ['d2', 'd1'],
    ],
    [
      'the newest of several rows',
      '{ lookup: { file: deals, match: { who: { column: name } }, order: latest, by: { column: on }, value: { column: no } } }',
      ['d2', 'd3'],
    ],
    [
      'the date of the oldest row',
      '{ lookup: { file: deals, match: { who: { column: name } }, where: { worth: { not: 7 } }, order: earliest, by: { column: on }, optional: true } }',
      [undefined, '2024-03-10'],
    ],
  ])('give %s', async (_, expression, expected) => {
    const found = await names(`{ first: [${expression}, none] }`);
    expect(found).toEqual(expected.map((value: unknown) => value ?? 'none'));
  });

  it('break ties by the order of the file', async () => {
    const entity = (order: string): string =>
      `{ lookup: { file: deals, order: ${order}, by: { column: on }, value: { column: no } } }`;
    const deals = 'no;who;on;worth\na;;2024-03-10;1\nb;;2024-03-10;1\n';
    const name = async (order: string): Promise<unknown> =>
      ((await run(customers(entity(order), deals))).events[0]!.data as { name: string }).name;
    expect(await name('latest')).toBe('b');
    expect(await name('earliest')).toBe('a');
  });

  it('read dates in other formats', async () => {
    expect(await names("{ date: { from: '31/12/2023', format: DD/MM/YYYY } }")).toContain('2023-12-31');
  });
});

const CONTRACTS = `  - entity: contract
    from: deals
    id: { column: no }
    time: { column: on }
    fields:
      number: { column: no }
      name: { column: no }
      orderDate: { column: on }
      amount: { column: worth }
      status: approved
      lines: [{ object: { productId: p, quantity: 1, subtotal: { column: worth } } }]`;

describe('events', () => {
  it('carry the whole state and a version that does not depend on when the import runs', async () => {
    const [first, again] = [await run(importer(CONTRACTS)), await run(importer(CONTRACTS))];
    expect(first.events[0]).toEqual({
      specversion: '1.0',
      id: 'contract/d1@2024-03-10T02:00:00.000Z',
      source: 'import:test',
      type: 'crm.contract.imported',
      subject: 'd1',
      time: '2024-03-10T02:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        id: 'd1',
        number: 'd1',
        name: 'd1',
        orderDate: '2024-03-10',
        amount: '10.50',
        status: 'approved',
        lines: [{ productId: 'p', quantity: '1', subtotal: '10.50' }],
      },
    });
    expect(again).toEqual(first);
    expect(first.entities).toEqual([{ entity: 'contract', read: 3, published: 3, refused: 0 }]);
  });

  it('are at the same local time on both sides of a change of the clocks', async () => {
    const { events } = await run(importer(CONTRACTS), { zone: zoneNamed('America/New_York') });
    expect(events.map(({ time }) => time)).toEqual([
      '2024-03-10T14:00:00.000Z',
      '2024-03-11T14:00:00.000Z',
      '2024-03-11T14:00:00.000Z',
    ]);
  });

  it('move with all their dates', async () => {
    const { events } = await run(importer(CONTRACTS), { zone: zoneNamed('Asia/Shanghai'), moveDays: 14 });
    expect(events[0]).toMatchObject({ time: '2024-03-24T02:00:00.000Z', data: { orderDate: '2024-03-24' } });
  });

  it('are newer after a higher revision', async () => {
    const { events } = await run(
      importer(CONTRACTS, DEALS, HEAD.replace('name: test', 'name: test\nrevision: 7')),
    );
    expect(events[0]!.time).toBe('2024-03-10T02:00:00.000007Z');
  });

  it('are one per value where the mapping says so', async () => {
    const entity =
      '  - { entity: department, from: deals, distinct: who, id: { slug: { column: who } }, time: 2024-01-01, fields: { name: { column: who } } }';
    const { events } = await run(importer(entity));
    expect(events.map(({ subject }) => subject)).toEqual(['bo-li', 'eva-ortiz']);
  });
});

describe('rows that cannot be taken', () => {
  it('are listed with file, line, column and reason, and the others go on', async () => {
    const deals =
      'no;who;on;worth\nd1;Bo Li;2024-03-10;ten\n"d2\nx";;2024-02-30;1\nd3;x\nd4;;2024-03-10;1\nd4;;2024-03-10;2\n;;2024-03-10;1\nd7;;;1\n';
    const { refused, events, entities } = await run(importer(CONTRACTS, deals));
    expect(events.map(({ subject }) => subject)).toEqual(['d4']);
    const at = { entity: 'contract', file: 'deals.csv' };
    expect(refused).toEqual([
      { ...at, entity: null, line: 5, column: null, reason: 'has 2 columns, the header 4' },
      {
        ...at,
        line: 2,
        column: 'worth',
        reason: '"ten" is no decimal number with at most 2 fraction digits',
      },
      {
        ...at,
        line: 3,
        column: 'on',
        reason: expect.stringContaining('"2024-02-30" is neither a date') as string,
      },
      { ...at, line: 7, column: 'no', reason: 'deals.csv:6 already makes the contract d4' },
      { ...at, line: 8, column: 'no', reason: 'gives no id' },
      { ...at, line: 9, column: 'on', reason: 'gives no time' },
    ]);
    expect(entities).toEqual([{ entity: 'contract', read: 6, published: 1, refused: 5 }]);
  });

  it('are those a lookup or a value map does not know', async () => {
    const lookup = await run(
      customers('{ lookup: { file: deals, match: { no: { column: name } }, value: { column: on } } }'),
    );
    expect(lookup.refused[0]).toMatchObject({
      line: 2,
      column: 'name',
      reason: 'deals.csv has no row with no "Éva Ortiz"',
    });
    const map = await run(customers('{ map: { from: { column: team }, values: { North: N } } }'));
    expect(map.refused).toMatchObject([{ line: 3, column: 'team', reason: '"South" is none of North' }]);
  });

  it('are told by column when the check of the event or the server refuses', async () => {
    const long = await run(customers(`{ template: "{team}${'x'.repeat(512)}" }`));
    expect(long.refused[0]).toMatchObject({
      column: 'team',
      reason: 'name must have at most 512 characters',
    });
    const errors = [{ pointer: '/data/amount', detail: 'is too much' }];
    const summary = await runImport(
      importer(CONTRACTS),
      { publish: async () => ({ rejected: [{ index: 1, errors }] }) },
      { zone: zoneNamed('UTC') },
    );
    expect(summary.refused).toEqual([
      { entity: 'contract', file: 'deals.csv', line: 3, column: 'worth', reason: 'amount is too much' },
    ]);
    expect(summary.entities).toEqual([{ entity: 'contract', read: 3, published: 2, refused: 1 }]);
  });
});

describe('a mapping that is wrong', () => {
  it('is refused with the path and line of everything that is wrong', () => {
    expect(
      mistakes(() =>
        importer(`  - entity: contract
    from: deals
    id: { column: number }
    time: { cloumn: on }
    fields:
      number: { column: no }
      nmae: x
      name: { lookup: { file: x, value: 1 } }
      amount: { map: { from: 1 } }
      lines: { template: '{nothing}' }`),
      ),
    ).toEqual([
      'm.yaml:9: entities[0].id.column: deals.csv has no column "number"; it has no, who, on, worth',
      expect.stringMatching(
        /^m\.yaml:10: entities\[0\]\.time: must be a plain value or have exactly one of column,/,
      ),
      'm.yaml:12: entities[0].fields: status is missing',
      'm.yaml:13: entities[0].fields.nmae: contract has no such field to set; it has number, name, customerId, opportunityId, ownerId, orderDate, endDate, amount, status, lines',
      'm.yaml:14: entities[0].fields.name.lookup.file: must be one of the files: people, deals',
      'm.yaml:15: entities[0].fields.amount.map.values: must be a mapping of values to values',
      'm.yaml:16: entities[0].fields.lines.template: deals.csv has no column "nothing"; it has no, who, on, worth',
    ]);
  });

  it.each([
    ['name: [', /^m\.yaml:1: /],
    ['7', 'm.yaml:1: must be a mapping of names to values'],
    ['name: Test Me\nfiles: {}\nentities: [{}]', 'm.yaml:1: name: must be kebab-case'],
    ['name: t\nfiles: {}\nentities: [{}]\nfoo: 1', 'm.yaml:4: foo: is not known here'],
    [
      'name: t\nfiles: { a: { path: a.csv, delimiter: ab } }\nentities: [{}]',
      'm.yaml:2: files.a.delimiter: must be one character',
    ],
    [
      'name: t\nfiles: {}\nentities:\n  - entity: lead',
      /^m\.yaml:4: entities\[0\]\.entity: must be one of employee,/,
    ],
  ])('in %j', (text, message) => {
    const [first] = mistakes(() => parseMapping(text, 'm.yaml'));
    if (typeof message === 'string') expect(first).toBe(message);
    else expect(first).toMatch(message);
  });

  it('names a file that is not there', () => {
    const head = HEAD.replace('people.csv', 'persons.csv');
    expect(mistakes(() => importer(CONTRACTS, DEALS, head))[0]).toMatch(
      /^m\.yaml:4: files\.people: persons\.csv: ENOENT/,
    );
  });
});
