/** What the data folder says of itself: by which layout its engines' files are to be read. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '#platform';

/** Grows by one with every change after which an older program would misread the folder. */
const LAYOUT = 1;
const FILE = 'layout.json';

/**
 * Marks the folder, which only this process has open, as one of this layout. A folder without a mark is new or
 * of 0.1.0, whose layout is 1.
 * @throws ConfigurationError when a newer program has written it, or the mark cannot be read.
 */
export function claimDataFolder(dataDir: string): void {
  const file = join(dataDir, FILE);
  const layout = markedLayout(file);
  if (layout === LAYOUT) return;
  if (layout !== null) {
    throw new ConfigurationError(
      `${dataDir} has layout ${layout} and this program knows layouts up to ${LAYOUT}: a newer release has ` +
        'written it; run that release or a later one, or another DATA_DIR (a backup is restored to an empty one)',
    );
  }
  writeFileSync(`${file}.partial`, `${JSON.stringify({ layout: LAYOUT })}\n`);
  renameSync(`${file}.partial`, file);
}

function markedLayout(file: string): number | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigurationError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const layout = /^\s*\{\s*"layout":\s*(\d+)\s*\}\s*$/.exec(text)?.[1];
  if (layout === undefined)
    throw new ConfigurationError(`${file} is damaged: it should be {"layout":${LAYOUT}}`);
  return Number(layout);
}
