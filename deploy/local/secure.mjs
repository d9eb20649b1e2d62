// The engines as a careful installation runs them: TLS with certificates of an authority of its own, and a user
// with a password on each. For tests; `up` prints one line of JSON with the settings, SIGTERM ends it.
//
//   node deploy/local/secure.mjs up
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from './clickhouse.mjs';
import { ensureEngines } from './engines.mjs';
import { startKafka } from './kafka.mjs';
import { stopAll } from './process.mjs';
import { startRedis } from './redis.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const PASSWORDS = {
  kafka: 'kafka-secret-4711',
  redis: 'redis-secret-4711',
  writer: 'writer-secret-4711',
  reader: 'reader-secret-4711',
};

function openssl(folder, ...args) {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}

/** An authority, one certificate of it for this machine, and another authority that signed nothing. */
function makeCertificates(folder) {
  for (const name of ['ca', 'other-ca']) {
    openssl(
      folder,
      ...[
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        `/CN=floorboard test ${name}`,
      ],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  }
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  openssl(
    folder,
    ...[
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=localhost',
      '-keyout',
      'server.key',
      '-out',
      'server.csr',
    ],
  );
  openssl(
    folder,
    ...[
      'x509',
      '-req',
      '-in',
      'server.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
    ],
    ...['-extfile', 'names', '-out', 'server.pem'],
  );
  const path = (name) => join(folder, name);
  const kafka = path('kafka.pem');
  writeFileSync(kafka, readFileSync(path('server.key'), 'utf8') + readFileSync(path('server.pem'), 'utf8'));
  return {
    ca: path('ca.pem'),
    otherCa: path('other-ca.pem'),
    cert: path('server.pem'),
    key: path('server.key'),
    kafka,
  };
}

async function startAll(certificates) {
  const { ca, cert, key } = certificates;
  const acl = readFileSync(join(ROOT, 'deploy', 'redis', 'users.acl'), 'utf8')
    .replaceAll('REDIS_PASSWORD', PASSWORDS.redis)
    .split('\n')
    .filter((line) => line.startsWith('user '));
  const started = await Promise.allSettled([
    startKafka({
      secure: { keystore: certificates.kafka, ca, user: 'floorboard', password: PASSWORDS.kafka },
    }),
    startRedis({ secure: { ca, cert, key, acl, user: 'floorboard', password: PASSWORDS.redis } }),
    startClickHouse({
      secure: {
        ca,
        cert,
        key,
        users: {
          floorboard: { password: PASSWORDS.writer },
          floorboard_reader: { password: PASSWORDS.reader, readOnly: true },
        },
      },
    }),
  ]);
  const engines = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = () => stopAll(engines.map((engine) => () => engine.stop()));
  const failed = started.find((result) => result.status === 'rejected');
  if (!failed) return { engines, stop };
  await stop();
  throw failed.reason;
}

async function main() {
  if (process.argv[2] !== 'up') throw new Error('usage: node deploy/local/secure.mjs up');
  await ensureEngines();
  const folder = mkdtempSync(join(tmpdir(), 'floorboard-tls-'));
  const signalled = new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, done);
    setInterval(() => {}, 60_000);
  });
  try {
    const certificates = makeCertificates(folder);
    const { engines, stop } = await startAll(certificates);
    const [kafka, redis, clickhouse] = engines;
    const url = (user, password) => `https://${user}:${password}@127.0.0.1:${clickhouse.port}/default`;
    const env = {
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_TLS: 'true',
      KAFKA_CA_FILE: certificates.ca,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_USERNAME: 'floorboard',
      KAFKA_PASSWORD: PASSWORDS.kafka,
      REDIS_URL: `rediss://floorboard:${PASSWORDS.redis}@127.0.0.1:${redis.port}`,
      REDIS_CA_FILE: certificates.ca,
      CLICKHOUSE_URL: url('floorboard', PASSWORDS.writer),
      CLICKHOUSE_CA_FILE: certificates.ca,
    };
    const reader = url('floorboard_reader', PASSWORDS.reader);
    console.log(
      JSON.stringify({ env, reader, otherCa: certificates.otherCa, passwords: Object.values(PASSWORDS) }),
    );
    await signalled;
    await stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit(0);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
