/**
 * The chart as far as that needs no Helm: its values by their schema, its settings by the program's. What it is
 * rendered to is looked at by `npm run check:deploy`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import { TOPICS } from '#change-log';
import { SETTING_NAMES } from '#platform';
import { ROOT } from './support/children';
import { readImages } from './support/compose';

interface Values {
  settings: Record<string, string>;
  secrets: Record<string, object>;
  querySecrets: Record<string, object>;
  apps: Record<string, object>;
}

const CHART = join(ROOT, 'deploy/helm/floorboard');
const read = (file: string): string => readFileSync(join(CHART, file), 'utf8');
const values = parse(read('values.yaml')) as Values;
const templates = readdirSync(join(CHART, 'templates')).map((file) => read(`templates/${file}`));
const validate = new Ajv({ strict: false }).compile(JSON.parse(read('values.schema.json')) as object);

it('has values that its schema takes, every one of them named there', () => {
  expect([validate(values), validate.errors]).toEqual([true, null]);
  const schema = JSON.parse(read('values.schema.json')) as { properties: object };
  expect(Object.keys(schema.properties).sort()).toEqual([...Object.keys(values), 'global'].sort());
});

it.each([
  ['an unknown value', { ...values, replicas: 3 }],
  ['a secret among the settings', { ...values, settings: { ...values.settings, ADMIN_KEY: 'x' } }],
  ['a setting that is no text', { ...values, settings: { ...values.settings, LOG_PARTITIONS: 12 } }],
  ['no secret for the warehouse', { ...values, secrets: { ...values.secrets, CLICKHOUSE_URL: undefined } }],
  ['an app that is none', { ...values, apps: { ...values.apps, other: {} } }],
])('refuses %s', (_what, wrong) => {
  expect(validate(JSON.parse(JSON.stringify(wrong)))).toBe(false);
});

it('names settings that the program has', () => {
  const inTemplates = templates.flatMap((text) =>
    [...text.matchAll(/- name: ([A-Z][A-Z_]+)$/gm)].map(([, name]) => name as string),
  );
  expect(inTemplates).toContain('METRICS_PORT');
  const given = [values.settings, values.secrets, values.querySecrets].flatMap(Object.keys);
  expect([...inTemplates, ...given].filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
});

it('scales the consumers by the groups and the topic that they have, and its apps have images', () => {
  const scaling = read('templates/scaling.yaml');
  expect(scaling).toContain(`topic: ${TOPICS.events}\n`);
  expect(['facts', 'leaderboards'].map((app) => `floorboard-${app}`)).toEqual([
    FACTS_GROUP,
    LEADERBOARDS_GROUP,
  ]);
  expect(scaling).toContain('consumerGroup: {{ printf "floorboard-%s" $app }}');
  const images = readImages();
  for (const app of [...Object.keys(values.apps), 'cli']) expect(images[app]).toBeDefined();
});
