// One real Kafka node (KRaft, broker and controller in one process) on the loopback interface.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { ensureJava, ensureKafkaJars } from './install.mjs';
import { dataFolder, freePort, startProcess } from './process.mjs';

const LOGGING = join(import.meta.dirname, 'kafka', 'log4j2.properties');

/** For what ends soon: half of the processor time of a start is the thorough compiler's, which never pays back. */
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** A server.properties for one node that is the whole cluster. */
function serverProperties({ port, controllerPort, logDir, secure }) {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': logDir,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 2,
    'num.io.threads': 4,
    // The default of 128 MiB does not fit the small heap.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    ...(secure ? secureProperties(port, controllerPort, secure) : {}),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Clients by TLS, with a user by PLAIN or SCRAM, and nobody else. */
function secureProperties(port, controllerPort, { keystore, ca, user, password }) {
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user}" password="${password}" user_${user}="${password}";`;
  return {
    listeners: `SASL_SSL://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `SASL_SSL://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'SASL_SSL',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.sasl_ssl.plain.sasl.jaas.config': login,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystore,
    // The broker is a client of its own.
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': ca,
  };
}

function clusterId() {
  // Kafka's ids are 16 bytes in URL-safe base64; a leading dash would read as an option.
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

function format(classPath, propertiesFile, secure) {
  const args = [
    ...SHORT_LIVED,
    '-Xmx128m',
    '-cp',
    classPath,
    `-Dlog4j2.configurationFile=${LOGGING}`,
    'kafka.tools.StorageTool',
  ];
  const options = ['format', '--cluster-id', clusterId(), '--config', propertiesFile];
  if (secure) {
    options.push('--add-scram', `SCRAM-SHA-512=[name=${secure.user},password=${secure.password}]`);
  }
  const { status, stdout, stderr } = spawnSync('java', [...args, ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Kafka could not format its data folder:\n${stdout}${stderr}`);
}

async function answers(brokers, secure) {
  const access = secure && {
    ssl: { ca: readFileSync(secure.ca) },
    sasl: { mechanism: 'scram-sha-512', username: secure.user, password: secure.password },
  };
  const client = new kafkajs.Kafka({
    ...access,
    brokers: [brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const { controller } = await admin.describeCluster();
    return controller !== null;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}

/**
 * Starts Kafka; with the same `dataDir` and `port` it comes back with what it held.
 *
 * @param {{port?: number, dataDir?: string, secure?: {keystore: string, ca: string, user: string, password: string}}}
 *   [options] a free port and a temporary folder unless given; `secure`: by TLS, and only with that user.
 *   With KAFKA_SHORT_LIVED in the environment it starts in half the time, and is slower under load.
 * @returns {Promise<{brokers: string, pid: number, exited: Promise<void>, stop: (signal?: string) => Promise<void>}>}
 *   `brokers` as for KAFKA_BROKERS; `stop` removes the folder when it was a temporary one.
 * @throws {Error} when Java or Maven is missing and cannot be installed, or the broker does not start.
 */
export async function startKafka({ port, dataDir, secure } = {}) {
  ensureJava();
  const classPath = join(ensureKafkaJars(), '*');
  const folder = dataFolder(dataDir, 'kafka');
  try {
    const logDir = join(folder.path, 'log');
    const propertiesFile = join(folder.path, 'server.properties');
    const listen = port ?? (await freePort());
    writeFileSync(
      propertiesFile,
      serverProperties({ port: listen, controllerPort: await freePort(), logDir, secure }),
    );
    if (!existsSync(join(logDir, 'meta.properties'))) format(classPath, propertiesFile, secure);
    const brokers = `127.0.0.1:${listen}`;
    const broker = await startProcess({
      name: 'Kafka',
      command: 'java',
      args: [
        ...(process.env.KAFKA_SHORT_LIVED ? SHORT_LIVED : []),
        '-Xms128m',
        '-Xmx512m',
        '-cp',
        classPath,
        `-Dlog4j2.configurationFile=${LOGGING}`,
        'kafka.Kafka',
        propertiesFile,
      ],
      logFile: join(folder.path, 'kafka.log'),
      ready: () => answers(brokers, secure),
    });
    const stop = async (signal) => {
      await broker.stop(signal);
      folder.dispose();
    };
    return { brokers, pid: broker.pid, exited: broker.exited, stop };
  } catch (error) {
    folder.dispose();
    throw error;
  }
}
