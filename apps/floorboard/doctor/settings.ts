/** The environment: what is set wrongly, and what looks like a setting but is none. */
import { ConfigurationError, loadSettings, loadTenants, SETTING_NAMES, type Settings } from '#platform';
import { counted, Findings, type Finding } from './finding';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** The settings when they can be used at all, and what was found. */
export function checkSettings(env: NodeJS.ProcessEnv): { settings: Settings | null; findings: Finding[] } {
  const findings = new Findings('settings');
  for (const [name, meant] of misspelt(env)) {
    findings.warning(
      `${name} is set, but is no setting`,
      `${meant} is meant? Rename it; every setting is in the README`,
    );
  }
  const settings = wellSet(findings, () => loadSettings(env));
  if (!settings) return { settings, findings: findings.all };
  const given = SETTING_NAMES.filter((name) => env[name]?.trim());
  findings.ok(
    given.length === 0 ? 'none is set: the defaults hold' : `${given.length} set: ${given.join(', ')}`,
  );
  const tenants = wellSet(findings, () => loadTenants(settings));
  if (tenants) {
    const names = tenants.all.map(({ id, zone }) => `${id} (${zone.name})`);
    findings.ok(`${counted(names.length, 'tenant')}: ${names.join(', ')}`);
  }
  checkReach(settings, findings);
  return { settings, findings: findings.all };
}

function wellSet<T>(findings: Findings, load: () => T): T | null {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const wrong of error.message.replace(/^wrong settings: /, '').split('; ')) {
      findings.problem(wrong, 'set it right; every setting is in the README');
    }
    return null;
  }
}

/** Variables whose names are a slip away from a setting's, with that setting. */
function misspelt(env: NodeJS.ProcessEnv): [string, string][] {
  return Object.keys(env).flatMap((name): [string, string][] => {
    if (SETTING_NAMES.includes(name)) return [];
    // Short names are near each other without being meant: HOME and HOST.
    const meant = SETTING_NAMES.find((known) => known.length > 6 && distance(name, known) <= 2);
    return meant === undefined ? [] : [[name, meant]];
  });
}

/** Letters to insert, delete or replace to make one of the other (Levenshtein). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}

function checkReach(settings: Settings, findings: Findings): void {
  const { HOST, METRICS_HOST, METRICS_PORT, HSTS_SECONDS } = settings;
  if (!LOOPBACK.has(HOST) && HSTS_SECONDS === 0) {
    findings.warning(
      `HOST ${HOST} lets other machines in, by plain HTTP`,
      'put a TLS proxy in front, and set HSTS_SECONDS and TRUSTED_PROXIES; the first API key must exist before',
    );
  }
  if (METRICS_PORT !== undefined && !LOOPBACK.has(METRICS_HOST)) {
    findings.warning(
      `METRICS_HOST ${METRICS_HOST} shows metrics to other machines without a key`,
      'let only the network of the operators reach it',
    );
  }
}
