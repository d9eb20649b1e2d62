/**
 * The LMDB environment: one database per kind and generation, so that an old generation is dropped
 * as a whole, and one for what is common to all.
 */
import { mkdir } from 'node:fs/promises';
import { open, type Database, type RootDatabase } from 'lmdb';
import { transact } from '#lmdb';

/** Everything one generation holds. Keys are UTF-8 text unless said otherwise. */
export interface GenerationStore {
  readonly number: number;
  /** TENANT, NUL, 16-byte digest: record head, then its contributions. */
  records: Database<Buffer, Buffer>;
  /** TENANT/WINDOW/BOARD/EMPLOYEE: value and records, two 8-byte floating point numbers. */
  cells: Database<Buffer, Buffer>;
  /** TENANT/BOARD/EMPLOYEE, NUL, ITEM: days and counts, see items.ts. */
  items: Database<Buffer, Buffer>;
  /** TENANT/ENTITY/ID: JSON. */
  references: Database<Buffer, Buffer>;
  /** `horizon/TENANT`: day; `swept/TENANT`: year; `overflow/TENANT/BOARD/WINDOW`: empty. */
  marks: Database<Buffer, Buffer>;
}

export interface Write {
  into: Database<Buffer, Buffer>;
  key: Buffer;
  value: Buffer | null;
}

/** Two generations, what is left of an old one, and room. */
const MAX_DATABASES = 32;
const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;

export class Store {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** `meta`: generations, JSON; `position/PARTITION`: number; `feed/TENANT`: feed items, JSON. */
  readonly common: Database<Buffer, Buffer>;

  /** @throws Error when the folder cannot be used. */
  constructor(path: string) {
    this.root = open<Buffer, Buffer>({
      path,
      noSubdir: false,
      maxDbs: MAX_DATABASES,
      // Its transaction per turn has a promise nobody can await: a failed write would end the process.
      eventTurnBatching: false,
      ...BINARY,
    });
    this.common = this.root.openDB<Buffer, Buffer>('common', BINARY);
  }

  generation(number: number): GenerationStore {
    const of = (kind: string): Database<Buffer, Buffer> =>
      this.root.openDB<Buffer, Buffer>(`${number}/${kind}`, BINARY);
    return {
      number,
      records: of('records'),
      cells: of('cells'),
      items: of('items'),
      references: of('references'),
      marks: of('marks'),
    };
  }

  async drop({ records, cells, items, references, marks }: GenerationStore): Promise<void> {
    for (const database of [records, cells, items, references, marks]) await database.drop();
  }

  /** Writes all of the lists or nothing; resolves once readers see it. A null value removes its key. */
  async write(...lists: readonly (readonly Write[])[]): Promise<void> {
    if (lists.every((list) => list.length === 0)) return;
    await transact(this.root, 'counters', () => {
      for (const list of lists) {
        for (const { into, key, value } of list) void (value ? into.put(key, value) : into.remove(key));
      }
    });
  }

  /** A copy of what is written now, without free pages. */
  async backup(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
    await this.root.backup(path, true);
  }

  close(): Promise<void> {
    return this.root.close();
  }
}
