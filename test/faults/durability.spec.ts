/**
 * Durability shown by tracing, since killing a process cannot show it: what an embedded server writes has
 * been synced before it says so.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild, type Child } from '../support/children';
import { upsert } from '../support/events';
import { callsOf, type Call } from './trace';

const MARK = 'a-department-to-be-looked-for';
const TRACED = 'openat,write,writev,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2';

let dataDir: string;
let strace: Child;
let calls: Call[] = [];

const traceFile = (): string => join(dataDir, 'trace');
const LOG = 'change-log/data.mdb';
const isWrite = ({ name }: Call): boolean => name.startsWith('write') || name.startsWith('pwrite');
const isSync = ({ name }: Call): boolean => name === 'fdatasync' || name === 'fsync';

/** The first call that is so; fails when there is none. */
function first(what: string, is: (call: Call) => boolean): Call {
  const found = calls.find(is);
  if (!found) throw new Error(`no ${what} among ${calls.length} calls:\n${strace.output()}`);
  return found;
}

/** Waits until the trace has a line that is so. */
async function traced(text: RegExp): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!text.test(readFileSync(traceFile(), 'latin1'))) {
    if (Date.now() > deadline) throw new Error(`${text.source} is not in the trace:\n${strace.output()}`);
    await sleep(100);
  }
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'durable-'));
  const options = ['-f', '-y', '-s', '20000', '-o', traceFile(), '-e', `trace=${TRACED}`];
  strace = startChild('strace', [...options, 'node', 'dist/apps/floorboard/main.js', 'start'], {
    PORT: '0',
    DATA_DIR: dataDir,
  });
  const url = await strace.line((line) => /"url":"([^"]+)".*"msg":"listening"/.exec(line)?.[1], 120_000);
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(upsert('department', { id: 'd1', name: MARK })),
  });
  expect(answer.status).toBe(202);
  // The consumer's position, once it is written.
  await traced(/data\.mdb>.*floorboard-facts/);
  calls = callsOf(readFileSync(traceFile(), 'latin1'));
}, 240_000);

afterAll(async () => {
  // strace hands no signal on: its child is told itself.
  const server = Number(/^(\d+)/.exec(readFileSync(traceFile(), 'latin1'))?.[1]);
  process.kill(server, 'SIGTERM');
  await strace.exited;
  rmSync(dataDir, { recursive: true, force: true });
});

it('syncs an append before it answers 202', () => {
  const written = first(
    'write of the event',
    (call) => isWrite(call) && call.path.endsWith(LOG) && call.text.includes(MARK),
  );
  const answered = first('answer', (call) => isWrite(call) && call.text.includes('HTTP/1.1 202'));
  const synced = first(
    'sync of the log',
    (call) => isSync(call) && call.path === written.path && call.begins > written.ends,
  );
  expect(synced.ends).toBeLessThan(answered.begins);
  // The page that makes the transaction valid is written last, through a descriptor that syncs by itself.
  const valid = first(
    'write of the meta page',
    (call) => isWrite(call) && call.path === written.path && call.begins > synced.ends,
  );
  const opened = calls.filter(
    ({ name, text, ends }) =>
      name === 'openat' && ends < valid.begins && text.includes(`= ${valid.descriptor}<${written.path}>`),
  );
  expect(opened.at(-1)?.text).toContain('O_DSYNC');
  expect(valid.ends).toBeLessThan(answered.begins);
});

it("syncs every file of the facts before the consumer's position is written", () => {
  const answered = first('answer', (call) => isWrite(call) && call.text.includes('HTTP/1.1 202'));
  const committed = first(
    'write of the position',
    (call) => isWrite(call) && call.path.endsWith(LOG) && call.text.includes('floorboard-facts'),
  );
  const parts = calls.filter(
    ({ name, text, begins }) =>
      name.startsWith('rename') &&
      /"[^"]*\/warehouse\/store\/[^"]*\/tmp_insert_/.test(text) &&
      begins > answered.ends &&
      begins < committed.begins,
  );
  // The event among all events, and the department among the departments.
  expect(parts.length).toBeGreaterThanOrEqual(2);
  for (const part of parts) {
    const [, from = '', to = ''] = /"([^"]+?)\/?", (?:[^"]*, )?"([^"]+?)\/?"/.exec(part.text) ?? [];
    const files = calls
      .filter(
        ({ name, text, begins }) => name === 'openat' && begins < part.begins && text.includes(`"${from}/`),
      )
      .map(({ text }) => /= \d+<([^>]+)>/.exec(text)?.[1] ?? '')
      .filter((path) => path.startsWith(`${from}/`));
    const synced = (path: string, by: number): boolean =>
      calls.some((call) => isSync(call) && call.path === path && call.ends < by);
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((path) => !synced(path, committed.begins))).toEqual([]);
    // The new name itself.
    expect(synced(to, committed.begins)).toBe(true);
  }
});
