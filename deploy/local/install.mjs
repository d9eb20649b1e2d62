// Finds the programs the local engines and the browser tests need and installs what is missing where that is
// possible: by apt-get as root on Debian and Ubuntu, and Kafka's jars by Maven.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KAFKA_PROJECT = join(import.meta.dirname, 'kafka', 'pom.xml');
const KAFKA_JARS = join(import.meta.dirname, '.engines', 'kafka');
const KAFKA_VERSION = /<kafka\.version>(.+?)</.exec(readFileSync(KAFKA_PROJECT, 'utf8'))[1];
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/** First line of a program's version output, or undefined when the program is not there. */
function versionOf(program, argument) {
  const { error, status, stdout, stderr } = spawnSync(program, [argument], { encoding: 'utf8' });
  return error || status !== 0 ? undefined : `${stdout}${stderr}`;
}

function javaMajor() {
  const output = versionOf('java', '-version');
  return output ? Number(/version "(\d+)/.exec(output)?.[1] ?? 0) : 0;
}

function redisMajor() {
  const output = versionOf('redis-server', '--version');
  return output ? Number(/v=(\d+)/.exec(output)?.[1] ?? 0) : 0;
}

function run(program, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // To standard error: standard output is for the settings that `engines.mjs up` prints, and read by programs.
  const { error, status } = spawnSync(program, args, { stdio: ['ignore', 2, 2], env });
  return !error && status === 0;
}

const canUseApt = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

let packageListsFresh = false;

/** Installs packages without starting the services they bring; false when that is not possible here. */
function aptInstall(...packages) {
  if (!canUseApt()) return false;
  packageListsFresh ||= run('apt-get', ['update', '-qq']);
  const ownPolicy = !existsSync(SERVICE_POLICY);
  if (ownPolicy) {
    // Debian's way to say "install, but start no service"; gone again right after.
    writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(SERVICE_POLICY, 0o755);
  }
  try {
    return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  } finally {
    if (ownPolicy) rmSync(SERVICE_POLICY, { force: true });
  }
}

/** Java 17 or newer on the PATH; installs it where possible. */
export function ensureJava() {
  if (javaMajor() >= 17) return;
  const installed = ['openjdk-17-jre-headless', 'openjdk-21-jre-headless'].some((name) => aptInstall(name));
  if (!installed || javaMajor() < 17) {
    throw new Error(
      'Kafka needs Java 17 or newer on the PATH: install a JRE (Debian, Ubuntu: openjdk-17-jre-headless).',
    );
  }
}

function ensureMaven() {
  if (versionOf('mvn', '--version')) return;
  if (!aptInstall('maven') || !versionOf('mvn', '--version')) {
    throw new Error('Fetching Kafka needs Maven on the PATH: install it (Debian, Ubuntu: maven).');
  }
}

/** The folder with Kafka's jars; fetched by Maven once, and again when the version in kafka/pom.xml changes. */
export function ensureKafkaJars() {
  if (existsSync(join(KAFKA_JARS, `kafka_2.13-${KAFKA_VERSION}.jar`))) return KAFKA_JARS;
  ensureMaven();
  // Aside first, so that an interrupted download never looks complete.
  const partial = `${KAFKA_JARS}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  if (!run('mvn', ['-q', '-B', '-f', KAFKA_PROJECT, ...goal])) {
    throw new Error(
      `Maven could not fetch Kafka ${KAFKA_VERSION}: see its messages above; it needs a Maven repository.`,
    );
  }
  rmSync(KAFKA_JARS, { recursive: true, force: true });
  renameSync(partial, KAFKA_JARS);
  return KAFKA_JARS;
}

/** redis-server 7 or newer on the PATH; installs it where possible, without leaving its service running. */
export function ensureRedis() {
  if (redisMajor() >= 7) return;
  if (redisMajor() === 0 && aptInstall('redis-server') && existsSync('/run/systemd/system')) {
    run('systemctl', ['disable', '--quiet', 'redis-server']);
  }
  if (redisMajor() < 7) {
    throw new Error(
      'redis-server 7 or newer is needed on the PATH: install it (Debian, Ubuntu: redis-server).',
    );
  }
}

/** strace on the PATH, by which durability is shown; installs it where possible. */
export function ensureStrace() {
  if (versionOf('strace', '--version')) return;
  if (!aptInstall('strace') || !versionOf('strace', '--version')) {
    throw new Error('Durability is tested by strace on the PATH: install it (Debian, Ubuntu: strace).');
  }
}

/** MariaDB, on which the outbox of the guide is tested; installed where possible, without leaving its service running. */
export function ensureMariadb() {
  const isThere = () => versionOf('mariadbd', '--version');
  if (isThere()) return;
  if (aptInstall('mariadb-server') && existsSync('/run/systemd/system')) {
    run('systemctl', ['disable', '--quiet', 'mariadb']);
  }
  if (!isThere()) {
    throw new Error(
      'The outbox of the guide is tested on MariaDB: install it (Debian, Ubuntu: mariadb-server).',
    );
  }
}

/** chDB, an optional dependency, is installed for this platform. */
export async function ensureChdb() {
  try {
    await import('chdb');
  } catch (cause) {
    const hint = 'run `npm ci` without --omit=optional on Linux (glibc) or macOS';
    throw new Error(`The ClickHouse engine chDB is not installed: ${hint}.`, { cause });
  }
}

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * The Chromium that browser tests drive: `CHROMIUM`, else one in its usual place; installed where possible, with
 * letters for Chinese, without which screens would be tested on empty boxes.
 */
export function ensureChromium() {
  const named = process.env.CHROMIUM;
  const find = () => (named ? [named] : CHROMIUMS).find((path) => existsSync(path));
  if (!find() && !named) aptInstall('chromium', 'fonts-noto-cjk');
  else if (!hasChineseFont()) aptInstall('fonts-noto-cjk');
  const found = find();
  if (!found) {
    throw new Error(
      'Browser tests need Chromium: install it (Debian: chromium) or name its program by CHROMIUM.',
    );
  }
  if (!hasChineseFont()) {
    throw new Error(
      'Browser tests need a font with Chinese characters: install one (Debian, Ubuntu: fonts-noto-cjk).',
    );
  }
  return found;
}

/** Whether any font can write Chinese; on systems without fontconfig (macOS) one always can. */
function hasChineseFont() {
  const { error, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  return error ? process.platform !== 'linux' : stdout.trim() !== '';
}

/** Prometheus and its promtool on the PATH, for the tests of alerts and dashboards; installed where possible. */
export function ensurePrometheus() {
  const isThere = () => ['prometheus', 'promtool'].every((program) => versionOf(program, '--version'));
  if (isThere()) return;
  if (aptInstall('prometheus') && existsSync('/run/systemd/system')) {
    run('systemctl', ['disable', '--quiet', '--now', 'prometheus', 'prometheus-node-exporter']);
  }
  if (!isThere()) {
    throw new Error(
      'Tests of alerts and dashboards need prometheus and promtool on the PATH: install Prometheus.',
    );
  }
}
