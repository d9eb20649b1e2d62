/** The dashboard's built files, read once and compressed once. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Where the build puts it: beside the servers' apps. */
const FOLDER = join(__dirname, '..', '..', 'dashboard');

export interface DashboardFile {
  type: string;
  plain: Buffer;
  gzip: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Shown while there is no build, so that the address says what to do. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Floorboard</title>
<h1>Floorboard runs</h1><p>The dashboard is not built: run <code>npm run build</code>. The API answers all the same.</p></html>`;

const files = new Map<string, DashboardFile>();

/** A file of the build by its path in it, undefined where there is none of that name. */
export function dashboardFile(path: string): DashboardFile | undefined {
  const known = files.get(path);
  if (known) return known;
  const type = TYPES[extname(path)];
  if (type === undefined || !namesOf(path).includes(path.split('/').at(-1) ?? '')) return undefined;
  const file = fileOf(type, readFileSync(join(FOLDER, path)));
  files.set(path, file);
  return file;
}

/** The page of every screen. */
export const dashboardPage = (): DashboardFile =>
  dashboardFile('index.html') ?? fileOf(TYPES['.html'] as string, Buffer.from(NOT_BUILT));

const fileOf = (type: string, plain: Buffer): DashboardFile => ({
  type,
  plain,
  gzip: gzipSync(plain, { level: 9 }),
});

/** Names in the file's folder: a path is only ever one of those, whatever a request asks for. */
function namesOf(path: string): string[] {
  const folder = path.startsWith('assets/') ? join(FOLDER, 'assets') : FOLDER;
  return existsSync(folder) ? readdirSync(folder) : [];
}
