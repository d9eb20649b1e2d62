/** The data folder of the embedded engines, and the server that runs on it. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { TOPICS } from '#change-log';
import { openCounterStore, openLog } from '#engines';
import type { Settings } from '#platform';
import { openWarehouse } from '#warehouse';
import { FolderGate } from '../gate';
import { askServer, socketPath } from '../local-socket';
import { checkTables } from './clickhouse';
import { counted, Findings, type Finding } from './finding';

/** The longest name of a unix socket that every system takes. */
const SOCKET_PATH_BYTES = 103;

export async function checkFolder(settings: Settings, serverRuns: boolean): Promise<Finding[]> {
  const findings = new Findings('folder');
  const { dataDir } = settings;
  if (Buffer.byteLength(socketPath(dataDir)) > SOCKET_PATH_BYTES) {
    findings.problem(`${socketPath(dataDir)} is too long for a socket`, 'set a DATA_DIR with a shorter path');
    return findings.all;
  }
  const place = existing(dataDir);
  if (!writable(place)) {
    findings.problem(
      `${place} cannot be written to`,
      `give this user the folder ${dataDir}, or set another DATA_DIR`,
    );
    return findings.all;
  }
  checkRoom(findings, place, settings.INTAKE_MIN_FREE_BYTES);
  if (serverRuns) await checkServer(findings, dataDir);
  else if (place !== dataDir) findings.ok(`${dataDir} is made at the first start`);
  else await checkEngines(findings, settings);
  return findings.all;
}

/** The folder, or the nearest above it that there is. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

function writable(folder: string): boolean {
  try {
    accessSync(`${folder}/.`, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function checkRoom(findings: Findings, folder: string, least: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB are free`;
  if (free >= 2 * least) findings.ok(text);
  else if (free >= least) findings.warning(`${text}: near INTAKE_MIN_FREE_BYTES`, 'make room');
  else findings.problem(`${text}, less than INTAKE_MIN_FREE_BYTES: events are turned away`, 'make room');
}

async function checkServer(findings: Findings, dataDir: string): Promise<void> {
  const ready = await askServer(dataDir, 'GET', '/health/ready');
  if (ready.status === 200) findings.ok(`a server runs on ${dataDir} and is ready`);
  else
    findings.problem(
      `a server runs on ${dataDir} and is not ready`,
      'read its log; it may still be starting',
    );
}

/** Opens what is there, as a server would. */
async function checkEngines(findings: Findings, settings: Settings): Promise<void> {
  const { engines, dataDir } = settings;
  const gate = await FolderGate.take(dataDir);
  const attempt = async (what: string, todo: string, check: () => Promise<void>): Promise<void> => {
    try {
      await check();
    } catch (error) {
      findings.problem(`${what}: ${(error as Error).message}`, todo);
    }
  };
  const restore = 'restore a backup to another DATA_DIR (floorboard restore)';
  try {
    if (engines.log === 'embedded' && existsSync(`${dataDir}/change-log`)) {
      await attempt('change log', restore, async () => {
        const log = await openLog(settings);
        const ends = await log.offsets(TOPICS.events).finally(() => log.close());
        const kept = ends.reduce((sum, { start, end }) => sum + end - start, 0);
        findings.ok(`change log: ${counted(kept, 'event')} in ${counted(ends.length, 'partition')}`);
      });
    }
    if (engines.counters === 'embedded' && existsSync(`${dataDir}/counters`)) {
      await attempt('counters', 'move its folder away: they are built anew from the warehouse', async () => {
        const counters = openCounterStore(settings);
        await counters.ping().finally(() => counters.close());
        findings.ok('counters open');
      });
    }
    if (engines.warehouse === 'embedded' && existsSync(`${dataDir}/warehouse`)) {
      await attempt('warehouse', `npm ci installs the embedded engine; else ${restore}`, async () => {
        const warehouse = await openWarehouse({ dataDir });
        await checkTables(findings, warehouse).finally(() => warehouse.close());
      });
    }
  } finally {
    await gate.release();
  }
}
