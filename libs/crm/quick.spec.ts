import fc from 'fast-check';
import { ENTITIES, ENTITY_NAMES, type EntityName } from './entities';
import type { Field } from './fields';
import { isPlainlyRight } from './quick';
import { checkBySchema } from './schema';

/** Values of a field's kind, right ones mostly, and some that are nearly right. */
function valueOf(field: Field): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom(null, undefined, '', 0, 1.5, true, [], {}, 'x\0', '\ud800', '😀'.repeat(40));
  const right: Record<string, fc.Arbitrary<unknown>> = {
    id: fc.string({ maxLength: 70, unit: 'grapheme' }),
    text: fc.string({ maxLength: 10, unit: 'binary' }),
    url: fc.constantFrom('https://a.example/b', 'http://a.example', 'https://'),
    money: fc.constantFrom('1', '-12.34', '1234567890123.45', '1.', '1.234', '12345678901234', '1e3', ' 1'),
    quantity: fc.constantFrom('0', '1.5', '+1', '0x1'),
    date: fc.constantFrom(
      '2026-02-28',
      '2026-02-29',
      '2024-02-29',
      '1899-12-31',
      '2299-12-31',
      '2026-1-01',
      '2026-13-01',
    ),
    instant: fc.constantFrom(
      ...['2026-05-20T09:00:00.000Z', '2026-05-20T09:00:00Z', '2026-05-20T24:00:00Z', '2026-05-20t09:00:00z'],
      ...[
        '2026-02-29T09:00:00.000Z',
        '2026-05-20T09:00:00.12Z',
        '2026-05-20T09:00:60Z',
        '2300-01-01T00:00:00Z',
      ],
      ...[
        '2026-05-20T09:00:00+08:00',
        '2026-05-20T09:0a:00Z',
        '2026-05-20T09:00:00.00aZ',
        '1899-12-31T23:59:59Z',
      ],
    ),
    boolean: fc.boolean(),
    integer: fc.constantFrom(0, 1, 2026, 1.5, 1e12, '1'),
    enum: fc.constantFrom(...((field.schema['enum'] as unknown[] | undefined) ?? ['x']), 'none'),
    list: field.items
      ? fc.array(recordOf(field.items), { maxLength: 3 })
      : fc.array(fc.constantFrom('1', '2.50', 'x'), { maxLength: 13 }),
  };
  return fc.oneof({ weight: 20, arbitrary: right[field.kind] ?? odd }, { weight: 1, arbitrary: odd });
}

const recordOf = (fields: Readonly<Record<string, Field>>): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])));

const right: Partial<Record<EntityName, object>> = {
  department: { id: 'd1', name: '销售部', parentId: null },
  activity: {
    ...{ id: 'a1', kind: 'follow-up', targetType: 'customer', targetId: 'c1', authorId: 'e1' },
    createdAt: '2026-05-20T09:00:00.000Z',
    more: { of: ['what', 'a', 'CRM', 'adds'] },
  },
  contract: {
    ...{ id: 'k1', number: 'N', name: 'Desks', amount: '12.50', status: 'approved', orderDate: '2026-05-20' },
    lines: [{ productId: 'p1', quantity: '1', subtotal: '12.50' }],
  },
};

describe('the quick check of a record', () => {
  it.each(ENTITY_NAMES)('says yes to no %s that the schema refuses', (entity) => {
    fc.assert(
      fc.property(recordOf(ENTITIES[entity]), (data) => {
        if (isPlainlyRight(entity, data)) expect(checkBySchema(entity, data)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it.each(Object.entries(right))('says yes to a plain %s', (entity, data) => {
    expect(isPlainlyRight(entity as EntityName, data)).toBe(true);
  });
});
