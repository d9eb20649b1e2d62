import { ENTITIES, VALUE_NAMES, type Field } from '.';

/** Kinds of records that numbers open into lists of. */
const LISTED = [
  'customer',
  'contact',
  'opportunity',
  'contract',
  'receivable',
  'receivable-plan',
  'invoice',
  'activity',
  'pool-move',
  'return-visit',
] as const;

it('every value of a closed list that a list of records may hold has a name in both languages', () => {
  const fields = LISTED.flatMap((entity) => Object.entries<Field>(ENTITIES[entity]));
  const lists = fields.filter(([, { kind }]) => kind === 'enum');
  expect(lists.length).toBeGreaterThan(8);
  for (const [name, { schema }] of lists) {
    for (const value of [schema['enum']].flat().filter((one) => typeof one === 'string')) {
      expect([name, value, VALUE_NAMES[name]?.[value]]).toEqual([
        name,
        value,
        { 'zh-CN': expect.stringMatching(/\p{Script=Han}/u) as string, en: expect.any(String) as string },
      ]);
    }
  }
});
