/** A real browser for tests: Chromium, its console watched, its screens kept. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ROOT } from '../support/children';

const SCREENS = join(ROOT, 'test', '.out', 'screens');
const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
export const SIZES = { phone: [390, 844], laptop: [1280, 800], wall: [1920, 1080] } as const;
export type Size = keyof typeof SIZES;

export interface Look {
  locale?: 'zh-CN' | 'en';
  theme?: 'light' | 'dark';
  size?: Size;
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
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
    timezoneId: 'Asia/Shanghai',
  });
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

export async function keepScreen(page: Page, name: string, fullPage = true): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage });
}

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe finds on a page by the rules of WCAG 2.2 AA, a line for each place. */
export async function accessibility(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (root: unknown, options: object) => Promise<{ violations: Violation[] }> };
    };
    const { violations } = await axe.run((globalThis as unknown as { document: unknown }).document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations;
  });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`,
    ),
  );
}

/** Waits until no panel is loading and charts have drawn themselves. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.waitForSelector('main', { state: 'visible' });
  await page.waitForFunction(
    () =>
      (
        globalThis as unknown as { document: { querySelector: (s: string) => unknown } }
      ).document.querySelector('[aria-busy=true]') === null,
    undefined,
    { timeout: 15_000 },
  );
  await page.waitForTimeout(600);
}
