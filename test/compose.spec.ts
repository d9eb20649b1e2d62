/** The compose file and what it mounts, as far as that can be checked without Docker. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import Ajv2020 from 'ajv/dist/2020';
import { parseDocument } from 'yaml';
import { loadSettings, Settings } from '#platform';
import { readCompose, readImages, withVariables, type Service } from './support/compose';

const ROOT = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const compose = readCompose();
const images = readImages();
const services = Object.entries(compose.services) as [string, Service][];
const APPS = ['ingest', 'leaderboards', 'facts', 'query'];
const XML_FILES = [
  'deploy/clickhouse/config.d/floorboard.xml',
  'deploy/clickhouse/users.d/floorboard.xml',
  'deploy/clickhouse/cluster/cluster.xml',
];

/** Element paths of an XML text, such as `clickhouse/logger/level`. @throws when tags do not nest. */
function elementPaths(xml: string): string[] {
  const body = xml.replace(/<\?[\s\S]*?\?>/g, '').replace(/<!--[\s\S]*?-->/g, '');
  const open: string[] = [];
  const paths: string[] = [];
  const rest = body.replace(
    /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_tag, closing: string, name: string, _attributes: string, empty: string) => {
      if (closing) {
        if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
      } else {
        paths.push([...open, name].join('/'));
        if (!empty) open.push(name);
      }
      return '';
    },
  );
  if (open.length > 0) throw new Error(`<${open.join('/')}> is not closed`);
  if (/[<>]/.test(rest)) throw new Error('a tag is malformed');
  return paths;
}

/** Names of the elements right below a path. */
const childrenOf = (paths: string[], parent: string): string[] =>
  paths
    .filter((path) => path.startsWith(`${parent}/`) && !path.slice(parent.length + 1).includes('/'))
    .map((path) => path.slice(parent.length + 1));

describe('docker-compose.yml', () => {
  it('is valid YAML without repeated keys', () => {
    expect(parseDocument(read('docker-compose.yml'), { merge: true }).errors).toEqual([]);
  });

  it('is valid by the schema of the Compose Specification', () => {
    const schema = JSON.parse(read('test/support/compose-spec/compose-spec.json')) as object;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const file = parseDocument(read('docker-compose.yml'), { merge: true }).toJS() as unknown;
    expect([validate(file), validate.errors]).toEqual([true, null]);
    expect(validate({ services: { a: { image: 'a', memory: 1 } } })).toBe(false);
  });

  it('has the profiles observability and tools beside the core', () => {
    const of = (profile?: string): string[] =>
      services.filter(([, { profiles }]) => profiles?.[0] === profile).map(([name]) => name);
    expect(of('observability')).toEqual(['prometheus', 'grafana']);
    expect(of('tools')).toEqual(['kafka-ui']);
    expect(of()).toEqual(['kafka', 'redis', 'clickhouse', 'migrate', ...APPS]);
  });

  it.each(services)('%s: the image is pinned to a whole version', (_name, service) => {
    expect(service.image).toMatch(/^[a-z0-9/-]+:v?\d+\.\d+\.\d+[\w.-]*$/);
  });

  it.each(services)('%s: has a health check and restarts, or runs once', (name, service) => {
    if (name === 'migrate') {
      expect(service.restart).toBe('no');
    } else {
      const image = images[service.build?.target ?? '']?.instructions ?? [];
      const ofImage = image.findLast(({ keyword }) => keyword === 'HEALTHCHECK')?.words;
      expect((service.healthcheck?.test ?? ofImage)?.length).toBeGreaterThan(1);
      expect(service.restart).toBe('unless-stopped');
    }
  });

  it.each(services)('%s: publishes on the loopback only', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(services)('%s: mounted files exist and are read-only', (_name, service) => {
    for (const volume of (service.volumes ?? []).filter((v) => v.startsWith('.'))) {
      const [source = '', , mode] = volume.split(':');
      expect([volume, existsSync(join(ROOT, source)), mode]).toEqual([volume, true, 'ro']);
    }
  });

  it.each(APPS)('%s: starts its own program after its servers and the migrations', (app) => {
    const service = compose.services[app];
    expect(service?.command).toBeUndefined();
    expect(service?.build?.target).toBe(app);
    expect(images[app]?.command).toEqual(['node', `dist/apps/${app}/main.js`]);
    expect(service?.depends_on).toEqual({
      kafka: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
      clickhouse: { condition: 'service_healthy' },
      migrate: { condition: 'service_completed_successfully' },
    });
    expect(existsSync(join(ROOT, service?.build?.dockerfile ?? ''))).toBe(true);
  });

  it.each(APPS)('%s: gets settings the program accepts, and a first key', (app) => {
    const environment = compose.services[app]?.environment ?? {};
    const secret = 'secret1'.repeat(5);
    const variables = { ADMIN_KEY: secret, CLICKHOUSE_PASSWORD: secret, CLICKHOUSE_READER_PASSWORD: secret };
    const given = { ...images[app]?.variables, ...withVariables(environment, variables) };
    expect(loadSettings(given).engines).toEqual({ log: 'kafka', counters: 'redis', warehouse: 'server' });
    expect(environment['ADMIN_KEY']).toMatch(/^\$\{ADMIN_KEY:\?.+\}$/);
  });

  it.each([...APPS, 'migrate'])('%s: runs without privileges on a read-only root', (app) => {
    expect(compose.services[app]).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it('gives the query app, and it alone, a warehouse user that only reads', () => {
    const users = APPS.map((app) => {
      const url = compose.services[app]?.environment?.['CLICKHOUSE_URL'] ?? '';
      return [app, /^http:\/\/(\w+):/.exec(url)?.[1]];
    });
    expect(Object.fromEntries(users)).toEqual({
      ingest: 'floorboard',
      leaderboards: 'floorboard',
      facts: 'floorboard',
      query: 'floorboard_reader',
    });
  });

  it('keeps Redis from evicting and has its writes on disk', () => {
    const conf = read('deploy/docker/redis.conf');
    for (const line of ['appendonly yes', 'appendfsync everysec', 'maxmemory-policy noeviction']) {
      expect(conf.split('\n')).toContain(line);
    }
  });
});

/** What is built for use; the other stages are the way to it. */
const IMAGES = [...APPS, 'cli', 'all-in-one'];

describe.each(IMAGES)('the image %s', (name) => {
  const image = images[name];
  const of = (keyword: string): string[][] =>
    (image?.instructions ?? []).filter((one) => one.keyword === keyword).map(({ words }) => words);

  it('starts from a pinned base', () => {
    let base = image?.base ?? '';
    while (images[base]) base = images[base]?.base ?? '';
    expect(base).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/);
  });

  it('runs as a user without rights, by number, for that is what Kubernetes can check', () => {
    expect(of('USER').at(-1)).toEqual(['1000:1000']);
  });

  it('has no shell between it and signals, and a health check where it serves', () => {
    expect(image?.command.length).toBeGreaterThan(0);
    expect(of('HEALTHCHECK').at(-1)).toEqual(name === 'cli' ? ['NONE'] : ['node', 'health.mjs']);
  });

  it('takes what runs from other stages, and from the project only its health check', () => {
    const copies = (image?.instructions ?? []).filter(({ keyword }) => keyword === 'COPY');
    const own = copies.filter(({ from }) => from === undefined).map(({ words }) => words);
    expect(own).toEqual([['deploy/docker/health.mjs', './']]);
    expect(copies.flatMap(({ words }) => words)).toContain('/app/sbom.cdx.json');
    const dashboard = copies.some(({ words }) => words[0] === '/app/dist/apps/dashboard');
    expect(dashboard).toBe(name === 'query');
    for (const { from } of copies) {
      if (from !== undefined)
        expect(['build', name === 'all-in-one' ? 'modules-with-chdb' : 'modules']).toContain(from);
    }
  });
});

describe('ClickHouse configuration', () => {
  const client = createClient({ url: process.env['CLICKHOUSE_URL'] });
  afterAll(() => client.close());

  /** Those of `names` the engine does not know. */
  async function unknown(table: string, names: string[]): Promise<string[]> {
    const query = `SELECT name FROM system.${table} WHERE name IN ({names:Array(String)})`;
    const result = await client.query({ query, query_params: { names }, format: 'JSONEachRow' });
    const known = (await result.json<{ name: string }>()).map((row) => row.name);
    return names.filter((name) => !known.includes(name));
  }

  it.each(XML_FILES)('%s is well-formed', (file) => {
    expect(childrenOf(elementPaths(read(file)), 'clickhouse').length).toBeGreaterThan(0);
  });

  it('bounds or turns off every log table', () => {
    const xml = read(XML_FILES[0]!);
    for (const name of [
      'query_log',
      'part_log',
      'trace_log',
      'metric_log',
      'text_log',
      'asynchronous_metric_log',
    ]) {
      expect(xml).toMatch(new RegExp(`<${name} remove="remove"/>|<${name}>\\s*<ttl>.*</ttl>`));
    }
  });

  it('names settings the engine knows', async () => {
    const server = elementPaths(read(XML_FILES[0]!));
    const users = elementPaths(read(XML_FILES[1]!));
    const other = ['listen_host', 'logger', 'merge_tree'];
    const top = childrenOf(server, 'clickhouse').filter(
      (name) => !other.includes(name) && !name.endsWith('_log'),
    );
    const profiles = childrenOf(users, 'clickhouse/profiles');
    const profileSettings = profiles.flatMap((name) => childrenOf(users, `clickhouse/profiles/${name}`));
    expect(top).toContain('max_server_memory_usage_to_ram_ratio');
    expect(await unknown('server_settings', top)).toEqual([]);
    expect(await unknown('merge_tree_settings', childrenOf(server, 'clickhouse/merge_tree'))).toEqual([]);
    expect(await unknown('settings', profileSettings)).toEqual([]);
  });
});

describe('.env.example', () => {
  const named = [...read('.env.example').matchAll(/^#?([A-Z_]+)=(.*)$/gm)];

  it('names every setting', () => {
    const names = named.map(([, name]) => name);
    expect(Object.keys(new Settings()).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('gives the defaults, and leaves out what has none', () => {
    const example: Record<string, string> = {};
    for (const [line, name = '', value = ''] of named) if (!line.startsWith('#')) example[name] = value;
    expect(loadSettings(example)).toEqual(loadSettings({}));
  });

  it('names what compose requires', () => {
    const names = named.map(([, name]) => name);
    const required = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect(required.filter((name) => !names.includes(name))).toEqual([]);
  });
});
