/** docker-compose.yml and the images of the Dockerfile as tests read them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './children';

export interface Service {
  image: string;
  command?: string[];
  ports?: string[];
  volumes?: string[];
  restart?: string;
  profiles?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[] };
  depends_on?: Record<string, { condition: string }>;
  build?: { context: string; dockerfile: string; target: string };
}

/** A stage of the Dockerfile with what it takes over from the stages before it. */
export interface Image {
  /** Image or stage that it is made from. */
  base: string;
  variables: Record<string, string>;
  entrypoint: string[];
  command: string[];
  instructions: { keyword: string; text: string; words: string[]; from?: string }[];
}

export const readCompose = (): { services: Record<string, Service | undefined> } =>
  parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: Record<string, Service>;
  };

export const readImages = (): Record<string, Image | undefined> =>
  JSON.parse(
    execFileSync('node', ['deploy/docker/dockerfile.mjs'], { cwd: ROOT, encoding: 'utf8' }),
  ) as Record<string, Image>;

/** Values with `${NAME:?…}` and `${NAME:-default}` replaced, as compose does it. */
export function withVariables(
  values: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const replaced = Object.entries(values).map(([name, value]) => [
    name,
    value.replace(
      /\$\{(\w+)(?::-([^}]*)|:\?[^}]*)\}/g,
      (_match, variable: string, fallback?: string) => variables[variable] ?? fallback ?? '',
    ),
  ]);
  return Object.fromEntries(replaced) as Record<string, string>;
}
