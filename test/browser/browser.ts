/** A real browser for tests: Chromium, its console watched, its screens kept. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ROOT } from '../support/children';

const SCREENSHOTS = join(ROOT, 'test', '.out', 'screenshots');
const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
export const SIZES = { phone: [390, 844], laptop: [1280, 800], wall: [1920, 1080] } as const;
export type Size = keyof typeof SIZES;

/** Enough for a page on a machine that does ten other things. */
export const PATIENCE_MS = 30_000;

export interface Look {
  locale?: 'zh-CN' | 'en';
  theme?: 'light' | 'dark';
  size?: Size;
  /** Whether things move; still by default, so that pictures and checks need not wait. */
  motion?: boolean;
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-precise-memory-info'],
  });

/** A page with everything that went wrong in it: errors of the console, refusals of its policy, foreign requests. */
export interface Watched {
  context: BrowserContext;
  page: Page;
  problems: string[];
}

/** Opens a page of a browser that nobody has used before. */
export async function open(browser: Browser, base: string, look: Look = {}): Promise<Watched> {
  const [width, height] = SIZES[look.size ?? 'laptop'];
  const context = await browser.newContext({
    viewport: { width, height },
    locale: look.locale ?? 'zh-CN',
    colorScheme: look.theme ?? 'light',
    reducedMotion: look.motion ? 'no-preference' : 'reduce',
    timezoneId: 'Asia/Shanghai',
    baseURL: base,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== new URL(base).origin)
      problems.push(`foreign: ${request.url()}`);
  });
  return { context, page, problems };
}

/** Opens a page for a test, and closes it when the test is done with it; it must have had no problem. */
export async function withPage(
  browser: Browser,
  base: string,
  look: Look,
  use: (watched: Watched) => Promise<void>,
): Promise<void> {
  const watched = await open(browser, base, look);
  try {
    await use(watched);
    expect(watched.problems).toEqual([]);
  } finally {
    await watched.context.close();
  }
}

/**
 * Another screen of the page that is open, without loading it anew. The page's own router says when it is
 * there: the screen before it is settled too, and would pass for it.
 */
export async function goTo(page: Page, path: string): Promise<void> {
  const router = `document.querySelector('#app').__vue_app__.config.globalProperties.$router`;
  await page.evaluate(`${router}.push(${JSON.stringify(path)}).then(() => undefined)`);
  await settled(page);
}

export async function resize(page: Page, size: Size): Promise<void> {
  const [width, height] = SIZES[size];
  await page.setViewportSize({ width, height });
  await settled(page);
}

export async function keepScreen(page: Page, name: string, fullPage = true): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
}

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds on a page by the rules of WCAG 2.2 AA, a line for each place. `colours` asks only what another
 * theme of the same page can change.
 */
export async function accessibility(page: Page, what: 'all' | 'colours' = 'all'): Promise<string[]> {
  if (!(await page.evaluate('typeof axe !== "undefined"'))) await page.evaluate(AXE);
  const runOnly = what === 'all' ? RULES : { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`,
    ),
  );
}

/** Pixels by which the page is wider than its window; nobody should have to scroll to the side. */
export const tooWide = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)');

/** Nothing loads, every chart is drawn, nothing moves. */
const SETTLED = `
  document.querySelector('main') !== null &&
  document.querySelector('[aria-busy=true]') === null &&
  [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('canvas')) &&
  document.getAnimations().every(({ playState }) => playState !== 'running')`;

export const settled = (page: Page): Promise<void> => until(page, SETTLED);

/** Waits until an expression is true in the page; its policy forbids the browser's own way of doing so (`eval`). */
export async function until(page: Page, expression: string, timeoutMs = PATIENCE_MS): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(30)) {
    if (await page.evaluate<boolean>(expression)) return;
    if (Date.now() > deadline) throw new Error(`not true in ${timeoutMs} ms: ${expression}`);
  }
}
