import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { startChild, type Child } from '../../test/support/children';

/**
 * Writes key after key and says which are kept. After a hundred it takes from the engine the file descriptor that
 * meta pages go by (the one of the two that is synchronous), so that they are refused while other pages are not.
 */
const WRITER = `
  const { closeSync, readdirSync, readFileSync, readlinkSync } = require('node:fs');
  const { transact } = require('./dist/libs/lmdb/index.js');
  const path = process.argv[1];
  const root = require('lmdb').open({ path, noSubdir: false, overlappingSync: false, eventTurnBatching: false });
  const isSynchronous = (fd) => /flags:\\t[0-7]*1[0-7]{4}$/m.test(readFileSync('/proc/self/fdinfo/' + fd, 'utf8'));
  const isData = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd).endsWith('/data.mdb'); } catch { return false; } };
  process.on('unhandledRejection', () => {});
  process.on('uncaughtException', (error) => {
    console.log('ended: ' + error.message);
    process.kill(process.pid, 'SIGKILL');
  });
  (async () => {
    for (let key = 0; ; key++) {
      if (key === 100) readdirSync('/proc/self/fd').filter(isData).filter(isSynchronous).forEach((fd) => closeSync(Number(fd)));
      await transact(root, 'the test', () => void root.put(key, 'x'.repeat(99)).catch(() => {}))
        .then(() => console.log('kept ' + key + '.'), (error) => console.log('failed: ' + error.message));
    }
  })();
`;

let dataDir: string;
let writer: Child;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lmdb-'));
  writer = startChild('node', ['-e', WRITER, dataDir], {});
});
afterEach(async () => {
  await writer.stop('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

it('a refused meta page ends the process at once, and what was kept is there', async () => {
  // Long before a write is given up for not ending.
  await writer.line((line) => /ended: the test: a refused write/.exec(line)?.[0], 25_000);
  const root = open({ path: dataDir, noSubdir: false });
  const there = [...root.getKeys()];
  await root.close();
  expect(there).toEqual(Array.from({ length: 100 }, (_, key) => key));
  expect(writer.output()).toContain('kept 99.');
  expect(writer.output()).not.toContain('kept 100.');
}, 60_000);
