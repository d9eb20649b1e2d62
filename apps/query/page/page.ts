/** The page's own files and the headers they go with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const asset = (name: string): string => readFileSync(join(__dirname, 'assets', name), 'utf8');

export const PAGE = asset('index.html');
export const STYLE = asset('page.css');
export const SCRIPT = asset('page.mjs');

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
