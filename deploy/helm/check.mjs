// `npm run check:deploy`: the chart by Helm itself. Lints and renders it with several sets of values, reads the
// result by Kubernetes' own types (strict/), looks at each pod, and runs what the pods would run on real servers.
// Helm is taken from HELM or the PATH, else built by Go once, which takes minutes.
//
//   npm run check:deploy [-- --render-only]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const CHART = join(import.meta.dirname, 'floorboard');
const PROGRAMS = join(ROOT, 'deploy/local/.engines/bin');
const HELM_VERSION = 'v3.19.0';
const KUBERNETES = '1.34.0';

/** Sets of values, by what they are for. */
const VALUES = {
  defaults: [],
  'keda, ingress, monitor': [
    ...['autoscaling.kind=keda', 'autoscaling.keda.authentication=kafka', 'ingress.enabled=true'],
    ...['ingress.className=nginx', 'ingress.tlsSecret=tls', 'ingress.hosts.ingest=events.example'],
    'metrics.serviceMonitor.enabled=true',
  ],
  'hpa, files, peers': [
    ...['autoscaling.kind=hpa', 'files[0].name=kafka-tls', 'files[0].secret=kafka-tls'],
    ...['files[1].name=tenants', 'files[1].configMap=tenants', 'serviceAccount.name=mine'],
    'networkPolicy.monitoring[0].namespaceSelector.matchLabels.name=monitoring',
    ...['networkPolicy.clients[0].podSelector.matchLabels.a=b', 'imagePullSecrets[0].name=registry'],
    ...['nodeSelector.disk=ssd', 'podAnnotations.a=b', 'image.tag=1.2.3'],
  ],
  'nothing more than needed': [
    'networkPolicy.enabled=false',
    'podDisruptionBudget.enabled=false',
    'migrate.enabled=false',
  ],
};
const WRONG = [
  'autoscaling.kind=always',
  'settings.ADMIN_KEY=x',
  'apps.facts.replicas=many',
  'secrets.REDIS_URL=null',
  'x=1',
];

/** What the Secrets of the default values hold here. */
const SECRETS = {
  'redis-url': 'redis://redis:6379',
  'clickhouse-url': 'http://floorboard:writer1@clickhouse:8123/floorboard',
  'clickhouse-reader-url': 'http://floorboard_reader:reader1@clickhouse:8123/floorboard',
  'admin-key': 'the-first-key-of-a-test-0123456789',
};

const problems = [];

function expect(isSo, problem) {
  if (!isSo) problems.push(problem);
}

/** A program's path: from its variable, the PATH, or built by Go. */
function program(name, build) {
  const given = process.env[name.toUpperCase()] ?? name;
  if (!spawnSync(given, ['version']).error) return given;
  const built = join(PROGRAMS, name);
  if (existsSync(built)) return built;
  mkdirSync(PROGRAMS, { recursive: true });
  console.log(`building ${name}`);
  const { error, status } = build(built);
  if (error || status !== 0)
    throw new Error(`${name} is needed: install it, or Go 1.24 or newer to build it`);
  return built;
}

const go = (args, options) => spawnSync('go', args, { stdio: ['ignore', 2, 2], ...options });

const helm = program('helm', () =>
  go(['install', `helm.sh/helm/v3/cmd/helm@${HELM_VERSION}`], { env: { ...process.env, GOBIN: PROGRAMS } }),
);

function buildStrict() {
  const built = join(PROGRAMS, 'strict');
  mkdirSync(PROGRAMS, { recursive: true });
  const { error, status } = go(['build', '-o', built, '.'], { cwd: join(import.meta.dirname, 'strict') });
  if (error || status !== 0)
    throw new Error('Go 1.24 or newer is needed to read the manifests by their types');
  return built;
}

const setting = (values) => values.flatMap((value) => ['--set', value]);

const render = (values) =>
  spawnSync(helm, ['template', 'fb', CHART, '--kube-version', KUBERNETES, ...setting(values)], {
    encoding: 'utf8',
  });

/** The pods of a rendered chart, with the name of what makes them. */
const podsOf = (documents) =>
  documents
    .filter(({ spec }) => spec?.template?.spec?.containers)
    .map(({ kind, metadata, spec }) => ({ kind, name: metadata.name, pod: spec.template.spec }));

/** What every pod must have; Kubernetes' profile "restricted" and more. */
function lookAt(what, { kind, name, pod }) {
  const [container] = pod.containers;
  const { securityContext: own } = container;
  const at = `${what}: ${kind} ${name}`;
  expect(pod.securityContext.runAsNonRoot && pod.securityContext.runAsUser > 0, `${at} may run as root`);
  expect(pod.securityContext.seccompProfile.type === 'RuntimeDefault', `${at} has no seccomp profile`);
  expect(own.readOnlyRootFilesystem && !own.allowPrivilegeEscalation, `${at} may write or gain rights`);
  expect(String(own.capabilities.drop) === 'ALL', `${at} keeps capabilities`);
  expect(pod.automountServiceAccountToken === false, `${at} has a token`);
  expect(container.resources.requests && container.resources.limits, `${at} has no bounds`);
  const plain = container.env.filter(({ value }) => value !== undefined).map((one) => one.name);
  const secret = ['REDIS_URL', 'CLICKHOUSE_URL', 'ADMIN_KEY'].filter((one) => plain.includes(one));
  expect(secret.length === 0, `${at} has ${secret} in the open`);
  const named = container.env.map((one) => one.name);
  expect(new Set(named).size === named.length, `${at} has a variable twice`);
  if (kind !== 'Deployment') return;
  const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].filter((probe) => container[probe]);
  expect(probes.length === 3, `${at} has only ${probes}`);
}

/** The pods' arguments and variables as test/compose-run takes them. */
function podsFile(documents, folder) {
  const pods = podsOf(documents).map(({ name, pod }) => {
    const [{ args, env }] = pod.containers;
    const variables = env.map(({ name: of, value, valueFrom }) => [
      of,
      value ?? SECRETS[valueFrom.secretKeyRef.key],
    ]);
    // There is one broker here.
    const fit = { ...Object.fromEntries(variables), LOG_REPLICATION: '1' };
    return [name.replace(/^fb-floorboard-/, ''), { args, variables: fit }];
  });
  const file = join(folder, 'pods.json');
  writeFileSync(file, JSON.stringify(Object.fromEntries(pods)));
  return file;
}

function run(documents) {
  const folder = mkdtempSync(join(tmpdir(), 'floorboard-chart-'));
  try {
    const env = { ...process.env, PODS: podsFile(documents, folder) };
    const jest = spawnSync('npx', ['jest', 'test/compose-run', '--maxWorkers=1'], {
      cwd: ROOT,
      stdio: 'inherit',
      env,
    });
    expect(jest.status === 0, 'the pods did not do their work');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values: options } = parseArgs({ options: { 'render-only': { type: 'boolean' } } });
const strict = buildStrict();
const table = {};
for (const [what, values] of Object.entries(VALUES)) {
  const linted = spawnSync(helm, ['lint', '--strict', CHART, ...setting(values)], { encoding: 'utf8' });
  expect(linted.status === 0, `${what}: ${linted.stdout}`);
  const { status, stdout, stderr } = render(values);
  expect(status === 0, `${what}: ${stderr}`);
  const read = spawnSync(strict, { input: stdout, encoding: 'utf8' });
  expect(read.status === 0, `${what}: ${read.stderr}`);
  const documents = parseAllDocuments(stdout)
    .map((document) => document.toJS())
    .filter(Boolean);
  for (const pod of podsOf(documents)) lookAt(what, pod);
  const kinds = documents.map(({ kind }) => kind);
  table[what] = { documents: kinds.length, 'read by type': (read.stdout.match(/: ok/g) ?? []).length };
  console.log(`${what}: ${[...new Set(kinds)].sort().join(', ')}`);
}
for (const wrong of WRONG) expect(render([wrong]).status !== 0, `${wrong} is taken`);
console.table(table);
if (!options['render-only'])
  run(
    parseAllDocuments(render([]).stdout)
      .map((document) => document.toJS())
      .filter(Boolean),
  );
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'the chart is as it should be' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
