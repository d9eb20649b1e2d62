/**
 * How fast the warehouse alone takes the rows of the mix: prepared ahead, by the engine's own client, into the same
 * tables with the same durability; the fastest of three formats, then the best of three batch sizes.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudEvent } from '#crm';
import { FactsBlock, migrate, openWarehouse, type Fact, type Warehouse } from '#warehouse';
import { changeOf } from '../support/facts';
import type { Ground } from './engines';
import { median, shown } from './figures';

/** The first is the one that the product writes. */
const FORMATS = ['RowBinary', 'TabSeparated', 'Native'] as const;
type Format = (typeof FORMATS)[number];
const SIZES = [5_000, 20_000, 50_000];
/** What the product sets too, where it bears on speed. */
const SETTINGS = 'async_insert = 0, insert_deduplicate = 0, optimize_on_insert = 1';

interface Prepared {
  table: string;
  columns: string;
  file: string;
  /** The same in memory, for a server. */
  bytes: Buffer;
}

/** Takes one file of rows. */
type Insert = (database: string, rows: Prepared, format: Format) => Promise<void>;

export interface Limit {
  what: string;
  eventsPerSecond: number;
}

export async function warehouseLimit(
  ground: Ground,
  main: Warehouse,
  events: readonly CloudEvent[],
  { quick, say }: { quick: boolean; say: (text: string) => void },
): Promise<Limit> {
  const bench = new LimitBench(ground, main, events);
  try {
    let format: Format = 'Native';
    let best = 0;
    for (const candidate of FORMATS) {
      const rate = await bench.rate(candidate, 20_000, 1);
      if (rate > best) [format, best] = [candidate, rate];
    }
    let [size, fastest] = [0, 0];
    for (const candidate of SIZES) {
      const rate = await bench.rate(format, candidate, quick ? 1 : 3);
      say(`limit: ${shown(rate)} events/s in ${format} by ${candidate}`);
      if (rate > fastest) [size, fastest] = [candidate, rate];
    }
    return { what: `rows prepared ahead, ${format} by ${size}`, eventsPerSecond: fastest };
  } finally {
    bench.dispose();
  }
}

const MEASURED = 'bench_limit';
const STAGING = 'bench_limit_staging';
const tablesOf = (rows: readonly { table: string }[]): string[] => rows.map(({ table }) => table);

class LimitBench {
  private readonly folder: string;
  private readonly insert: Insert;
  private made = false;

  constructor(
    private readonly ground: Ground,
    private readonly main: Warehouse,
    private readonly events: readonly CloudEvent[],
  ) {
    this.folder = join(ground.folder, 'limit');
    mkdirSync(this.folder);
    const url = ground.env['CLICKHOUSE_URL'];
    this.insert = url ? httpInsert(url) : chdbInsert(join(ground.folder, 'warehouse'));
  }

  /** Median events a second over some rounds, each into emptied tables; the tables of a block are written at once. */
  async rate(format: Format, size: number, rounds: number): Promise<number> {
    const blocks = await this.prepare(format, size);
    const rates: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await this.fresh(tablesOf(blocks.flat()));
      const started = performance.now();
      for (const block of blocks) await Promise.all(block.map((rows) => this.insert(MEASURED, rows, format)));
      rates.push((this.events.length / (performance.now() - started)) * 1000);
    }
    for (const { file } of blocks.flat()) rmSync(file);
    return median(rates);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The product's own tables in a database of their own, empty. */
  private async fresh(tables: Iterable<string>): Promise<void> {
    if (!this.made) {
      const warehouse = await openWarehouse({
        ...{ url: this.ground.env['CLICKHOUSE_URL'], dataDir: this.ground.folder, database: MEASURED },
      });
      await migrate(warehouse);
      await warehouse.close();
      this.made = true;
    }
    for (const table of new Set(tables)) await this.main.command(`TRUNCATE TABLE ${MEASURED}.${table} SYNC`);
  }

  /** Empty tables that give rows back as they came: not sorted, and none left away as the older one of two. */
  private async stage(tables: readonly string[]): Promise<void> {
    await this.main.command(`CREATE DATABASE IF NOT EXISTS ${STAGING}`);
    for (const table of tables) {
      await this.main.command(`DROP TABLE IF EXISTS ${STAGING}.${table} SYNC`);
      await this.main.command(
        `CREATE TABLE ${STAGING}.${table} AS ${this.main.database}.${table} ENGINE = Memory`,
      );
    }
  }

  /** Blocks of rows as files in a format; other formats than the product's are written by the engine itself. */
  private async prepare(format: Format, size: number): Promise<Prepared[][]> {
    const blocks: Prepared[][] = [];
    for (let at = 0; at < this.events.length; at += size) {
      const block = new FactsBlock();
      block.add(this.events.slice(at, at + size).map(factOf));
      const written = [...block.tables.values()].map(({ shape, rows }) => ({
        table: shape.table,
        columns: shape.columns.map((name) => `\`${name}\``).join(', '),
        bytes: Buffer.from(rows.slice(0, rows.count)),
      }));
      blocks.push(await this.convert(written, format));
    }
    return blocks;
  }

  private async convert(
    written: { table: string; columns: string; bytes: Buffer }[],
    format: Format,
  ): Promise<Prepared[]> {
    const files = written.map(({ table, columns, bytes }) => {
      const file = join(this.folder, randomUUID());
      writeFileSync(file, bytes);
      return { table, columns, file, bytes };
    });
    if (format === FORMATS[0]) return files;
    await this.stage(tablesOf(files));
    const prepared: Prepared[] = [];
    for (const rows of files) {
      await this.insert(STAGING, rows, FORMATS[0]);
      const bytes = await this.select(
        `SELECT ${rows.columns} FROM ${STAGING}.${rows.table} FORMAT ${format}`,
      );
      rmSync(rows.file);
      writeFileSync(rows.file, bytes);
      prepared.push({ ...rows, bytes });
    }
    return prepared;
  }

  private async select(sql: string): Promise<Buffer> {
    const url = this.ground.env['CLICKHOUSE_URL'];
    if (url) {
      const response = await fetch(new URL('/', url), { method: 'POST', body: sql });
      if (!response.ok) throw new Error(await response.text());
      return Buffer.from(await response.arrayBuffer());
    }
    const file = join(this.folder, randomUUID());
    await onChdb(join(this.ground.folder, 'warehouse'), [
      sql.replace('FORMAT', `INTO OUTFILE '${file}' FORMAT`),
    ]);
    return readFileSync(file);
  }
}

let facts = 0;
const factOf = (event: CloudEvent): Fact => ({
  change: changeOf(event),
  appendedAt: Date.now(),
  partition: facts % 4,
  offset: facts++,
});

interface ChdbConnection {
  readonly chdb: { queryAsync(sql: string): Promise<unknown> };
  close(): Promise<void>;
}

/** The package is optional, and its types are not those of CommonJS. */
const chdb = (): { createChdbConnection(options: { path: string }): ChdbConnection } =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the warehouse loads it
  require('chdb/connection') as ReturnType<typeof chdb>;

async function onChdb(path: string, statements: readonly string[]): Promise<void> {
  const connection = chdb().createChdbConnection({ path });
  try {
    for (const statement of statements) await connection.chdb.queryAsync(statement);
  } finally {
    await connection.close();
  }
}

function chdbInsert(path: string): Insert {
  return (database, { table, columns, file }, format) =>
    onChdb(path, [
      `SET ${SETTINGS}`,
      `INSERT INTO ${database}.${table} (${columns}) FROM INFILE '${file}' FORMAT ${format}`,
    ]);
}

function httpInsert(base: string): Insert {
  return async (database, { table, columns, bytes }, format) => {
    const url = new URL(base);
    url.pathname = '/';
    url.searchParams.set('query', `INSERT INTO ${database}.${table} (${columns}) FORMAT ${format}`);
    for (const setting of SETTINGS.split(', ')) {
      const [name = '', value = ''] = setting.split(' = ');
      url.searchParams.set(name, value);
    }
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(bytes) });
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
  };
}
