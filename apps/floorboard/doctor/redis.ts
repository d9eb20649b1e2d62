/** The server of the counters: whether it keeps what it is told. */
import { inspectRedis, type RedisFacts } from '#counters';
import { tlsFiles, type Settings } from '#platform';
import { compareClocks, Findings, isAtLeast, type Finding } from './finding';

/** The oldest release that the counters' scripts were written for. */
const OLDEST = [7, 0] as const;
const NEARLY_FULL = 0.8;

export async function checkRedis(settings: Settings): Promise<Finding[]> {
  const findings = new Findings('redis');
  let facts: RedisFacts;
  try {
    facts = await inspectRedis((settings.REDIS_URL ?? []).join(','), tlsFiles(settings, 'REDIS'));
  } catch (error) {
    findings.problem(
      `it cannot be used: ${(error as Error).message}`,
      'check REDIS_URL (rediss:// for TLS, with its files), that the server runs, user and password',
    );
    return findings.all;
  }
  const { version, cluster, masters, evictionPolicies, appendOnly, fullness, clock, refused } = facts;
  const kind = cluster ? `cluster of ${masters} masters` : 'one server';
  if (isAtLeast(version, OLDEST)) findings.ok(`Redis ${version}, ${kind}`);
  else findings.problem(`Redis ${version} is too old`, `run ${OLDEST.join('.')} or newer`);
  for (const reason of refused) {
    findings.problem(`the user may not ${reason}`, 'grant what deploy/redis/users.acl grants');
  }
  if (evictionPolicies.some((policy) => policy !== 'noeviction')) {
    findings.problem(
      `maxmemory-policy is ${evictionPolicies.join(', ')}: a full server would drop counters, and numbers would be wrong until they are built anew`,
      'set maxmemory-policy noeviction: a full server then refuses writes, and the consumer waits',
    );
  }
  if (!appendOnly) {
    findings.warning(
      'appendonly is off: after a restart the counters are built anew from the warehouse',
      'set appendonly yes, appendfsync everysec',
    );
  }
  if (fullness !== null && fullness >= NEARLY_FULL) {
    findings.warning(
      `${Math.round(fullness * 100)} % of maxmemory are used`,
      'raise maxmemory, or add masters to the cluster',
    );
  }
  compareClocks(findings, "Redis'", clock);
  return findings.all;
}
