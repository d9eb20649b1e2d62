/** The records as TypeScript source, for those who publish and have nothing else of this project. */
import { ENTITIES, ENTITY_NAMES } from './entities';
import type { Field, FieldKind, Fields } from './fields';

/** The names that plain strings go by, so that a reader sees what they hold. */
const ALIASES: Partial<Record<FieldKind, { name: string; about: string }>> = {
  id: { name: 'Id', about: "A record's id: 1 to 64 characters." },
  text: { name: 'Text', about: 'Up to 512 characters.' },
  url: { name: 'HttpsUrl', about: 'An https address, up to 512 characters.' },
  money: {
    name: 'Money',
    about: 'A decimal string, up to 13 digits and 2 after the point, such as `1200.00`.',
  },
  quantity: { name: 'Quantity', about: 'As money, counting pieces.' },
  date: { name: 'CalendarDate', about: 'A calendar date without zone, `YYYY-MM-DD`, 1900 to 2299.' },
  instant: { name: 'Instant', about: 'An RFC 3339 instant with zone, 1900 to 2299.' },
};

const HEAD = `/**
 * The records of a CRM as events carry them. A field with \`?\` may be null or absent.
 *
 * Generated from the declarations of the event contract by \`npm run docs\`; do not edit.
 */
`;

/** Source of a module that declares each entity's record, and all of them by the entity's name. */
export function recordsSource(): string {
  const aliases = Object.values(ALIASES).map(
    ({ name, about }) => `/** ${about} */\nexport type ${name} = string;\n`,
  );
  const records = ENTITY_NAMES.map(
    (entity) => `export interface ${interfaceName(entity)} {\n${propertiesOf(ENTITIES[entity], '  ')}}\n`,
  );
  const byName = ENTITY_NAMES.map((entity) => `  ${propertyName(entity)}: ${interfaceName(entity)};\n`);
  const all = `/** The record of each entity. */\nexport interface Records {\n${byName.join('')}}\n`;
  return [HEAD, ...aliases, ...records, all, 'export type EntityName = keyof Records;\n'].join('\n');
}

/** `receivable-plan` is `ReceivablePlan`. */
const interfaceName = (entity: string): string =>
  entity.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

const propertyName = (name: string): string => (/^\w+$/.test(name) ? name : `'${name}'`);

function propertiesOf(fields: Fields, indent: string): string {
  return Object.entries(fields)
    .map(([name, field]) => {
      const type = typeOf(field, indent);
      return `${indent}${propertyName(name)}${field.optional ? `?: ${type} | null` : `: ${type}`};\n`;
    })
    .join('');
}

function typeOf({ kind, schema, items, itemKind }: Field, indent: string): string {
  if (items) return `{\n${propertiesOf(items, `${indent}  `)}${indent}}[]`;
  if (itemKind) return `${ALIASES[itemKind]?.name ?? itemKind}[]`;
  const values = 'const' in schema ? [schema['const']] : schema['enum'];
  if (Array.isArray(values)) {
    return values
      .filter((value) => value !== null)
      .map((value) => `'${String(value)}'`)
      .join(' | ');
  }
  if (kind === 'integer') return 'number';
  return ALIASES[kind]?.name ?? kind;
}
