/** Everything that `floorboard doctor` looks at. It changes nothing. */
import { serverRuns } from '../local-socket';
import { usesFolder } from '../run';
import { checkClickHouse } from './clickhouse';
import type { Finding } from './finding';
import { checkFolder } from './folder';
import { checkKafka } from './kafka';
import { checkMachine } from './machine';
import { checkRedis } from './redis';
import { checkSettings } from './settings';

export { counted, type Finding, type Outcome } from './finding';

/** The areas one after another, each told as soon as it is looked at; resolves with all findings. */
export async function examine(
  env: NodeJS.ProcessEnv,
  tell: (findings: readonly Finding[]) => void,
): Promise<Finding[]> {
  const all: Finding[] = [];
  const add = (findings: readonly Finding[]): void => {
    all.push(...findings);
    tell(findings);
  };
  const { settings, findings } = checkSettings(env);
  add(findings);
  const running = settings !== null && usesFolder(settings) && (await serverRuns(settings.dataDir));
  add(await checkMachine(settings, running));
  if (!settings) return all;
  if (usesFolder(settings)) add(await checkFolder(settings, running));
  if (settings.KAFKA_BROKERS) add(await checkKafka(settings));
  if (settings.REDIS_URL) add(await checkRedis(settings));
  if (settings.CLICKHOUSE_URL) add(await checkClickHouse(settings));
  return all;
}
