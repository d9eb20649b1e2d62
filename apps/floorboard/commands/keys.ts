import type { Command } from 'commander';
import { operatorCaller } from '#access';
import { ControlStore, createKey, listKeys, revokeKey, type Actor, type KeyView } from '#control';
import { openLog } from '#engines';
import {
  ConfigurationError,
  createLogger,
  loadSettings,
  loadTenants,
  ProblemError,
  type Settings,
} from '#platform';
import { FolderGate } from '../gate';
import { askServer, serverRuns } from '../local-socket';
import { jsonLine } from '../output';

interface CreateOptions {
  name: string;
  roles?: string;
  permission?: string;
  employee?: string;
  expires?: string;
}

interface Keys {
  create(body: object): Promise<KeyView & { key: string }>;
  list(): Promise<KeyView[]>;
  revoke(id: string): Promise<void>;
  close(): Promise<void>;
}

/** `floorboard keys create|list|revoke`: API keys, by whoever may use the data folder or the log. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('create, list and revoke API keys');
  keys
    .command('create')
    .description('create a key and print it, this once')
    .requiredOption('--name <text>', 'what the key is for')
    .option('--tenant <id>', 'tenant it belongs to (default: `default`, else the first)')
    .option('--roles <list>', 'of publish, read, manage (default: all three, with permission all)')
    .option(
      '--permission <name>',
      'for read: self, self-and-subordinates, department, department-tree or all (default: self)',
    )
    .option('--employee <id>', 'the employee it stands for')
    .option('--expires <when>', 'an instant such as 2026-12-31T23:59:59Z, or a time such as 90d or 12h')
    .option('--json', 'print the outcome as JSON')
    .action(async ({ tenant, json, ...options }: CreateOptions & { tenant?: string; json?: boolean }) => {
      const { key, ...view } = await using(tenant, (store) => store.create(requestOf(options)));
      if (json) return void process.stdout.write(jsonLine({ ...view, key }));
      process.stderr.write(`${describe(view)}\nThis key is shown only now:\n`);
      process.stdout.write(`${key}\n`);
    });
  keys
    .command('list')
    .description('list the keys of a tenant')
    .option('--tenant <id>', 'tenant (default: `default`, else the first)')
    .option('--json', 'print them as JSON, one a line')
    .action(async ({ tenant, json }: { tenant?: string; json?: boolean }) => {
      const rows = await using(tenant, (store) => store.list());
      process.stdout.write(rows.map((view) => (json ? jsonLine(view) : `${describe(view)}\n`)).join(''));
    });
  keys
    .command('revoke')
    .description('end a key; its streams end within a second')
    .argument('<id>', 'id of the key: the part between fb_ and the secret')
    .option('--tenant <id>', 'tenant (default: `default`, else the first)')
    .option('--json', 'print the outcome as JSON')
    .action(async (id: string, { tenant, json }: { tenant?: string; json?: boolean }) => {
      await using(tenant, (store) => store.revoke(id));
      process.stdout.write(json ? jsonLine({ revoked: id }) : `${id} is revoked\n`);
    });
}

function requestOf({ name, roles, permission, employee, expires }: CreateOptions): object {
  return {
    name,
    roles: (roles ?? 'publish,read,manage').split(',').map((role) => role.trim()),
    permission: permission ?? (roles === undefined ? 'all' : undefined),
    employeeId: employee,
    expiresAt: expires === undefined ? undefined : instantOf(expires),
  };
}

const UNIT_MS = { h: 3_600_000, d: 86_400_000 };

function instantOf(when: string): string {
  const [, amount, unit] = /^(\d{1,6})([hd])$/.exec(when) ?? [];
  if (amount === undefined) return when;
  return new Date(Date.now() + Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]).toISOString();
}

function describe({ id, name, roles, permission, employeeId, expiresAt, revokedAt }: KeyView): string {
  const reads = permission === null ? '' : ` permission ${permission}`;
  const stands = employeeId === null ? '' : ` of employee ${employeeId}`;
  const until = expiresAt === null ? '' : ` until ${expiresAt}`;
  const ended = revokedAt === null ? '' : ` (revoked ${revokedAt})`;
  return `${id} ${name}: ${roles.join(', ')}${reads}${stands}${until}${ended}`;
}

/** @throws ConfigurationError for what the caller has to put right. */
async function using<T>(tenant: string | undefined, work: (keys: Keys) => Promise<T>): Promise<T> {
  const settings = loadSettings(process.env);
  const keys = await openKeys(settings, tenantFor(settings, tenant));
  try {
    return await work(keys);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const errors = error.extra.errors ?? [];
    throw new ConfigurationError(
      [error.message, ...errors.map(({ pointer, detail }) => `${pointer ?? ''} ${detail}`)].join('\n  '),
      { cause: error },
    );
  } finally {
    await keys.close();
  }
}

function tenantFor(settings: Settings, asked: string | undefined): string {
  const tenants = loadTenants(settings);
  const tenant = asked ?? (tenants.has('default') ? 'default' : (tenants.all[0]?.id ?? 'default'));
  if (!tenants.has(tenant)) throw new ConfigurationError(`there is no tenant ${tenant}`);
  return tenant;
}

/** By the running server where the log is in its folder, else by the log itself. */
async function openKeys(settings: Settings, tenant: string): Promise<Keys> {
  if (settings.KAFKA_BROKERS) return inLog(settings, tenant);
  if (await serverRuns(settings.dataDir)) return inServer(settings.dataDir, tenant);
  const gate = await FolderGate.take(settings.dataDir);
  return inLog(settings, tenant, () => gate.release());
}

async function inLog(
  settings: Settings,
  tenant: string,
  release: () => Promise<void> = async () => undefined,
): Promise<Keys> {
  const log = await openLog(settings);
  const store = new ControlStore(log, createLogger('keys', settings.LOG_LEVEL));
  await store.start();
  const actor: Actor = { caller: operatorCaller(tenant), requestId: null };
  return {
    create: (body) => createKey(store, actor, body),
    list: async () => listKeys(store, tenant),
    revoke: (id) => revokeKey(store, actor, id),
    close: async () => {
      await store.stop();
      await log.close();
      await release();
    },
  };
}

function inServer(dataDir: string, tenant: string): Keys {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const content = body && { type: 'application/json', content: JSON.stringify(body) };
    const answer = await askServer(dataDir, method, path, content, { 'x-floorboard-tenant': tenant });
    const parsed = answer.body === '' ? undefined : (JSON.parse(answer.body) as unknown);
    if (answer.status < 300) return parsed;
    const { title, detail, errors } = parsed as ServerProblem;
    throw new ProblemError(answer.status, title, detail, { errors });
  };
  return {
    create: async (body) => (await ask('POST', '/v1/keys', body)) as KeyView & { key: string },
    list: async () => ((await ask('GET', '/v1/keys')) as { rows: KeyView[] }).rows,
    revoke: async (id) => {
      await ask('DELETE', `/v1/keys/${encodeURIComponent(id)}`);
    },
    close: async () => undefined,
  };
}

interface ServerProblem {
  title: string;
  detail: string;
  errors?: { pointer?: string; detail: string }[];
}
