/**
 * Every screen in a real browser: nothing in its console, no request to anybody else, nothing that axe finds in
 * either theme, nothing wider than a phone; a picture of each is left in `test/.out/screenshots`.
 */
import type { Browser, Page } from 'playwright-core';
import { Floor } from '../support/floor';
import {
  accessibility,
  goTo,
  keepScreen,
  launch,
  resize,
  settled,
  tooWide,
  until,
  withPage,
} from './browser';
import { salesFloor } from './data';

let floor: Floor;
let browser: Browser;
beforeAll(async () => {
  [floor, browser] = await Promise.all([Floor.start('embedded'), launch()]);
  await floor.publish(salesFloor());
  await floor.settle();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await floor?.stop();
});

async function toTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await until(page, `document.documentElement.dataset.theme === '${theme}'`);
  await settled(page);
}

/** What is wrong with the screen that is open, in both themes; leaves it in the light one. */
async function faults(page: Page, name: string): Promise<string[]> {
  const light = await accessibility(page);
  await toTheme(page, 'dark');
  const dark = await accessibility(page, 'colours');
  await toTheme(page, 'light');
  return [...light.map((line) => `${name}: ${line}`), ...dark.map((line) => `${name}, dark: ${line}`)];
}

/** The same screen on a phone: too wide for it? */
async function onPhone(page: Page, name: string): Promise<string[]> {
  await resize(page, 'phone');
  const wider = await tooWide(page);
  return wider > 0 ? [`${name}: ${wider} pixels wider than a phone`] : [];
}

/** Pictures in both themes. */
async function keepThemes(page: Page, name: string, fullPage = true): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await toTheme(page, colorScheme);
    await keepScreen(page, `${name}-${colorScheme}`, fullPage);
  }
  await toTheme(page, 'light');
}

const SCREENS: readonly [name: string, path: string][] = [
  ['reports', '/reports'],
  ['live', '/live'],
  ['goals', '/goals'],
  ['keys', '/keys'],
  ['settings', '/settings'],
  ['sign-in', '/sign-in'],
];

describe('every screen', () => {
  it('home, in both languages and themes, and while it is arranged', async () => {
    await withPage(browser, floor.queryUrl, {}, async ({ page }) => {
      await page.goto('/');
      await settled(page);
      const found = await faults(page, 'home');
      await keepThemes(page, 'home-1280-zh');
      await page.click('text=调整布局');
      found.push(...(await accessibility(page)));
      await keepScreen(page, 'home-arranging');
      await page.click('text=完成 >> visible=true');
      await page.click('text=English');
      await page.waitForSelector('h1:text-is("Home")');
      await keepThemes(page, 'home-1280-en');
      await resize(page, 'wall');
      await keepThemes(page, 'home-1920-en');
      found.push(...(await onPhone(page, 'home')));
      await keepScreen(page, 'home-390-en');
      expect(found).toEqual([]);
    });
  }, 120_000);

  it.each(SCREENS)(
    '%s',
    async (name, path) => {
      await withPage(browser, floor.queryUrl, {}, async ({ page }) => {
        await page.goto(path);
        await settled(page);
        const found = await faults(page, name);
        await keepThemes(page, `${name}-1280-zh`);
        found.push(...(await onPhone(page, name)));
        await keepScreen(page, `${name}-390-zh`);
        expect(found).toEqual([]);
      });
    },
    120_000,
  );

  it('the wall, scene by scene, in both languages and themes', async () => {
    for (const locale of ['zh-CN', 'en'] as const) {
      await withPage(browser, floor.queryUrl, { locale, size: 'wall' }, async ({ page }) => {
        const scenes = ['rank-contract-amount', 'goals', 'funnel', 'feed'];
        await page.goto(`/tv?scenes=${scenes.join(',')}&dwell=3600`);
        const found: string[] = [];
        for (const scene of scenes) {
          await page.waitForSelector(`[data-scene=${scene}]`);
          await settled(page);
          found.push(...(await faults(page, `tv ${scene}`)));
          await keepThemes(page, `tv-${scene}-${locale}`, false);
          const overflow = await page.evaluate<boolean>(
            '[...document.querySelectorAll(".tv-scene, .tv")].some((part) => part.scrollHeight > part.clientHeight + 1)',
          );
          if (overflow) found.push(`tv ${scene}: higher than the screen`);
          await page.keyboard.press('n');
        }
        expect(found).toEqual([]);
      });
    }
  }, 120_000);

  it('every report of the catalogue', async () => {
    const { reports } = await floor.get<{ reports: { id: string; name: { en: string } }[] }>('/v1/reports');
    expect(reports).toHaveLength(41);
    await withPage(browser, floor.queryUrl, { locale: 'en' }, async ({ page }) => {
      await page.goto('/reports');
      await settled(page);
      const found: string[] = [];
      for (const { id, name } of reports) {
        await goTo(page, `/reports/${id}`);
        await page.waitForSelector(`h1:text-is(${JSON.stringify(name.en)})`);
        await settled(page);
        found.push(...(await faults(page, id)));
        await keepScreen(page, `report-${id}`, false);
        const wider = await tooWide(page);
        if (wider > 0) found.push(`${id}: ${wider} pixels too wide`);
      }
      expect(found).toEqual([]);
    });
  }, 240_000);

  it('the list of shortcuts, the records behind a figure, and an address that leads nowhere', async () => {
    await withPage(browser, floor.queryUrl, { locale: 'en' }, async ({ page }) => {
      await page.goto('/');
      await settled(page);
      await page.keyboard.press('?');
      await page.waitForSelector('dialog[open] >> text=Keyboard shortcuts');
      const found = await faults(page, 'shortcuts');
      await keepScreen(page, 'shortcuts', false);
      await page.keyboard.press('Escape');
      await page.click('[data-panel=briefing] .card-value >> nth=0');
      await page.waitForSelector('dialog[open] table tbody tr');
      found.push(...(await faults(page, 'records')));
      await keepScreen(page, 'records', false);
      await page.keyboard.press('Escape');
      await goTo(page, '/nowhere');
      found.push(...(await faults(page, 'unknown')));
      expect(found).toEqual([]);
    });
  }, 120_000);

  it('axe is at work: it finds a picture without words', async () => {
    await withPage(browser, floor.queryUrl, {}, async ({ page }) => {
      await page.goto('/sign-in');
      await settled(page);
      await page.evaluate('document.querySelector("main").append(new Image(9, 9))');
      expect(await accessibility(page)).toEqual([expect.stringContaining('image-alt')]);
    });
  }, 60_000);
});
