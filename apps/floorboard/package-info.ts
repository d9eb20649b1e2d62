/** What package.json says of this program. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PackageInfo {
  version: string;
  engines: {
    /** As `>=20.19`. */
    node: string;
  };
}

/** From the nearest one above this file, compiled or not. */
export function packageInfo(folder = __dirname): PackageInfo {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return packageInfo(dirname(folder));
  return JSON.parse(readFileSync(file, 'utf8')) as PackageInfo;
}
