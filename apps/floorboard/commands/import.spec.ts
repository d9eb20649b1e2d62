/** The command, writing to an embedded log of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { openChangeLog, TOPICS } from '#change-log';
import { zoneNamed } from '#calendar';
import { LogSink } from '#import';
import { ConfigurationError } from '#platform';
import { registerImport, type ImportTarget } from './import';

let folder: string;
let output: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fb-'));
  output = '';
  const write = (text: string | Uint8Array): boolean => {
    output += String(text);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(write);
  jest.spyOn(process.stderr, 'write').mockImplementation(write);
  writeFileSync(join(folder, 'offices.csv'), 'code,name\nn,North\n,South\ne,East\n');
  writeFileSync(
    join(folder, 'mapping.yaml'),
    `name: offices
files: { offices: { path: offices.csv } }
entities:
  - entity: department
    from: offices
    id: { column: code }
    time: '2024-01-01'
    fields: { name: { column: name } }`,
  );
});

afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});

async function openTarget(): Promise<ImportTarget> {
  const log = await openChangeLog({ dataDir: join(folder, 'data') });
  await log.ensureTopics([{ name: TOPICS.events }]);
  return { sink: new LogSink(log, 'default'), zone: zoneNamed('UTC'), close: () => log.close() };
}

async function run(...args: string[]): Promise<void> {
  const program = new Command().exitOverride();
  registerImport(program, { openTarget });
  await program.parseAsync(['node', 'floorboard', 'import', ...args]);
}

it('publishes, sums up and lists what it could not take', async () => {
  const errors = join(folder, 'errors.csv');
  await run('--mapping', join(folder, 'mapping.yaml'), '--errors', errors, folder);
  expect(process.exitCode).toBe(2);
  expect(output).toMatch(/department +3 +2 +1\n/);
  expect(output).toContain('1 could not be taken:\noffices.csv:3 code: gives no id\n');
  expect(readFileSync(errors, 'utf8').split('\n')[1]).toBe(
    '"offices.csv","3","code","department","gives no id"',
  );

  const log = await openChangeLog({ dataDir: join(folder, 'data') });
  const partitions = await log.offsets(TOPICS.events);
  const records = await Promise.all(
    partitions.map(({ partition }) => log.read(TOPICS.events, partition, 0, 10)),
  );
  const events = records
    .flat()
    .map(({ key, value }) => [key, JSON.parse(value.toString()) as { tenantid: string }]);
  expect(events).toHaveLength(2);
  expect(events).toContainEqual([
    'default/department/n',
    expect.objectContaining({ tenantid: 'default', time: '2024-01-01T10:00:00.000Z' }),
  ]);
  await log.close();
});

it('names what is wrong with the mapping and publishes nothing', async () => {
  writeFileSync(join(folder, 'mapping.yaml'), 'name: x\nfiles: {}\nentities: [{ entity: lead }]');
  const refusal = run('--mapping', join(folder, 'mapping.yaml'), folder);
  await expect(refusal).rejects.toThrow(ConfigurationError);
  await expect(refusal).rejects.toThrow(/^mapping\.yaml:3: entities\[0\]\.entity: must be one of employee/);
});
