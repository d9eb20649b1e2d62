/** The files of the embedded log, hurt from outside while nothing runs. */
import { closeSync, fstatSync, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import type { Random } from '../model';

const PAGE = 4_096;
const MAGIC = 0xbeefc0de;
/** From the magic number: version, address, map size, two trees of 48 bytes, then the last page and the transaction. */
const LAST_PAGE_AT = 120;
const TRANSACTION_AT = 128;

const logFile = (dataDir: string): string => join(dataDir, 'change-log', 'data.mdb');

/**
 * What a power cut in the middle of a write leaves: LMDB writes the new pages beside the old ones, then
 * the meta page that names them, which is less than a sector. So whatever lies beyond the last page that
 * the newest whole meta page knows may be anything: here noise, ended in the middle of a page.
 */
export function tearLog(dataDir: string, random: Random): void {
  const file = openSync(logFile(dataDir), 'r+');
  try {
    const end = (lastCommittedPage(file) + 1) * PAGE;
    const noise = Buffer.from(Array.from({ length: random.int(1, 3 * PAGE) }, () => random.int(0, 255)));
    writeSync(file, noise, 0, noise.length, end);
    if (random.chance(0.5)) truncateSync(logFile(dataDir), end + noise.length);
  } finally {
    closeSync(file);
  }
}

function lastCommittedPage(file: number): number {
  const head = Buffer.alloc(Math.min(2 * PAGE, fstatSync(file).size));
  readSync(file, head, 0, head.length, 0);
  const metas = [0, PAGE].flatMap((page) => {
    const at = head.subarray(page, page + 64).indexOf(Buffer.from([0xde, 0xc0, 0xef, 0xbe]));
    if (at < 0 || head.readUInt32LE(page + at) !== MAGIC) return [];
    const meta = head.subarray(page + at);
    return [
      {
        lastPage: Number(meta.readBigUInt64LE(LAST_PAGE_AT)),
        transaction: Number(meta.readBigUInt64LE(TRANSACTION_AT)),
      },
    ];
  });
  const newest = metas.sort((a, b) => b.transaction - a.transaction)[0];
  if (!newest) throw new Error('the log has no meta page');
  return newest.lastPage;
}

/** Takes back what both consumers have committed: they begin at the oldest record. */
export async function rewindEmbeddedLog(dataDir: string): Promise<void> {
  const root = open({
    path: join(dataDir, 'change-log'),
    noSubdir: false,
    overlappingSync: false,
    maxDbs: 2,
  });
  const state = root.openDB<unknown, (string | number)[]>({ name: 'state', encoding: 'json' });
  for (const group of [FACTS_GROUP, LEADERBOARDS_GROUP]) {
    for (const { key } of state.getRange({ start: ['commit', group], end: ['commit', `${group}\uffff`] })) {
      await state.remove(key);
    }
  }
  await root.close();
}
