import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, loadSettings, requireServers, SETTING_NAMES } from './settings';
import { loadTenants } from './tenants';

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  return '';
};

describe('settings', () => {
  it('have defaults, and choose the engines by what is set', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, TIME_ZONE: 'Asia/Shanghai' });
    expect(settings.engines).toEqual({ log: 'embedded', counters: 'embedded', warehouse: 'embedded' });
    const servers = loadSettings({
      KAFKA_BROKERS: 'a:9092, b:9092',
      REDIS_URL: 'redis://r',
      CLICKHOUSE_URL: 'http://c:8123/db',
    });
    expect(servers.KAFKA_BROKERS).toEqual(['a:9092', 'b:9092']);
    expect(servers.engines).toEqual({ log: 'kafka', counters: 'redis', warehouse: 'server' });
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['TIME_ZONE', 'Mars/Olympus'],
    ['KAFKA_BROKERS', 'nowhere'],
    ['REDIS_URL', 'http://r'],
    ['CLICKHOUSE_URL', 'c:8123'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_PARTITIONS', '0'],
    ['LOG_RETENTION_DAYS', '1.5'],
    ['BOARD_VISIBILITY', 'nobody'],
    ['IMAGE_HOSTS', 'https://images.example'],
    ['HTTP_MAX_BODY_BYTES', '9000000'],
    ['HTTP_IDLE_TIMEOUT_S', '0'],
    ['TRUSTED_PROXIES', '10.0.0.1, proxy'],
    ['CORS_ORIGINS', '*'],
    ['KEY_REQUESTS_PER_SECOND', '-1'],
    ['INTAKE_MAX_EVENTS', '5001'],
  ])('name %s when it is %s', (name, value) => {
    expect(refusal(() => loadSettings({ [name]: value }))).toContain(name);
  });

  const here = __filename;
  const pem = join(mkdtempSync(join(tmpdir(), 'pem-')), 'ca.pem');
  writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
  it.each<[string, Record<string, string>]>([
    ['KAFKA_CA_FILE', { KAFKA_TLS: 'true', KAFKA_CA_FILE: '/nowhere.pem' }],
    ['KAFKA_CA_FILE', { KAFKA_TLS: 'true', KAFKA_CA_FILE: here.replace('settings.spec', 'settings') }],
    ['KAFKA_CA_FILE needs KAFKA_TLS', { KAFKA_CA_FILE: pem }],
    ['REDIS_CA_FILE needs REDIS_URL', { REDIS_URL: 'redis://r', REDIS_CA_FILE: pem }],
    ['CLICKHOUSE_CA_FILE needs CLICKHOUSE_URL', { CLICKHOUSE_URL: 'http://c:8123', CLICKHOUSE_CA_FILE: pem }],
    ['REDIS_KEY_FILE must be set together', { REDIS_URL: 'rediss://r', REDIS_CERT_FILE: pem }],
    ['KAFKA_TLS', { KAFKA_TLS: 'yes' }],
    ['KAFKA_SASL_MECHANISM', { KAFKA_SASL_MECHANISM: 'gssapi', KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p' }],
    ['KAFKA_PASSWORD must be set', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'u' }],
    ['KAFKA_SASL_MECHANISM must be set', { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p' }],
  ])('that do not fit each other are named: %s', (part, env) => {
    expect(refusal(() => loadSettings(env))).toContain(part);
  });

  it('know what must not be printed', () => {
    const settings = loadSettings({
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_USERNAME: 'u',
      KAFKA_PASSWORD: 'pw-of-kafka',
      REDIS_URL: 'rediss://u:pw%40redis@r:6379',
      CLICKHOUSE_URL: 'https://u:pw-of-clickhouse@c:8443/db',
      ADMIN_KEY: 'k'.repeat(32),
    });
    expect(settings.secrets.sort()).toEqual(
      [
        'k'.repeat(32),
        'pw%40redis',
        'pw-of-clickhouse',
        'pw-of-clickhouse',
        'pw-of-kafka',
        'pw@redis',
      ].sort(),
    );
    expect(settings.tls).toEqual({ KAFKA: false, REDIS: true, CLICKHOUSE: true });
  });

  it.each(['README.md', '.env.example'])('all stand in %s', (file) => {
    const text = readFileSync(join(__dirname, '..', '..', file), 'utf8');
    expect(SETTING_NAMES.filter((name) => !new RegExp(`(\\| \`|^#?)${name}\\b`, 'm').test(text))).toEqual([]);
  });

  it('name the servers that a split app misses', () => {
    const message = refusal(() => requireServers(loadSettings({ REDIS_URL: 'redis://r' }), 'query'));
    expect(message).toContain('KAFKA_BROKERS, CLICKHOUSE_URL');
    expect(message).not.toContain('REDIS_URL,');
  });
});

describe('tenants', () => {
  const tenantsOf = (yaml: string): ReturnType<typeof loadTenants> => {
    const file = join(mkdtempSync(join(tmpdir(), 'tenants-')), 'tenants.yaml');
    writeFileSync(file, yaml);
    return loadTenants(loadSettings({ TENANTS_FILE: file }));
  };

  it('are one named default without a file', () => {
    const tenants = loadTenants(loadSettings({ TIME_ZONE: 'Asia/Kolkata' }));
    expect(tenants.all.map(({ id, zone }) => [id, zone.name])).toEqual([['default', 'Asia/Kolkata']]);
  });

  it('come from the file with zone, locale and currency', () => {
    const tenants = tenantsOf(
      'tenants:\n  - {id: a, name: A, zone: America/New_York, locale: en, currency: USD}\n  - {id: b}\n',
    );
    expect(tenants.get('a')).toMatchObject({ name: 'A', locale: 'en', currency: 'USD' });
    expect(tenants.get('b')).toMatchObject({ name: 'b', locale: 'zh-CN', currency: 'CNY' });
  });

  it.each([
    ['tenants: []', 'empty'],
    ['nothing: 1', 'nothing'],
    ['tenants: [{id: UPPER}]', 'tenants.0.id'],
    ['tenants: [{id: a, zone: Nowhere}]', 'tenants.0.zone'],
    ['tenants: [{id: a, colour: red}]', 'colour'],
    ['tenants: [{id: a}, {id: a}]', 'a stands twice'],
    ['tenants: [', 'TENANTS_FILE'],
  ])('%s is refused by name: %s', (yaml, part) => {
    expect(refusal(() => tenantsOf(yaml))).toContain(part);
  });
});
