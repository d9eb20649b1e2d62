/**
 * Pages that stay open: events move their boards, servers go and come back, scenes take turns.
 *
 * Longer on request: `PAGE_SAMPLES=200` measures the way from an event to its row so often, `PAGE_SECONDS=3600` keeps
 * a page open for so long under 20 changes a second.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { Floor } from '../support/floor';
import { freePort } from '../support/ports';
import { goTo, keepScreen, launch, open, settled, until, withPage } from './browser';
import { contract, opportunity, salesFloor } from './data';

/** Two provinces as squares beside each other. */
const MAP = ['上海市', '四川省'].map((name, index) => ({
  type: 'Feature',
  properties: { name },
  geometry: {
    type: 'Polygon',
    coordinates: [[0, 10, 10, 0, 0].map((x, corner) => [100 + 10 * index + x, [30, 30, 40, 40, 30][corner]])],
  },
}));
let folder: string;
let floor: Floor;
let browser: Browser;
beforeAll(async () => {
  // A port that a server can have twice: a page that is open finds it again.
  const port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'map-'));
  const MAP_FILE = join(folder, 'map.geojson');
  writeFileSync(MAP_FILE, JSON.stringify({ type: 'FeatureCollection', features: MAP }));
  [floor, browser] = await Promise.all([Floor.start('embedded', { PORT: String(port), MAP_FILE }), launch()]);
  await floor.publish(salesFloor());
  await floor.settle();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await floor?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const SAMPLES = Number(process.env['PAGE_SAMPLES'] ?? 5);
const SECONDS = Number(process.env['PAGE_SECONDS'] ?? 15);
const BOARD = '/live?boards=rank-contract-amount';
/** A row's amount, all digits. */
const rowWith = (amount: string): string =>
  `[...document.querySelectorAll('.board tbody tr')].some((row) => row.textContent.includes('${amount}'))`;
const openBoard = async (page: Page): Promise<void> => {
  await page.goto(BOARD);
  await page.waitForSelector('.board tbody tr');
  await settled(page);
};

describe('a page that stays open', () => {
  it(
    'shows a published event within a second, moves the row there and tells of it politely',
    async () => {
      await withPage(browser, floor.queryUrl, { locale: 'en', motion: true }, async ({ page }) => {
        await openBoard(page);
        // A row glides: its animation is noted down when it starts.
        await page.evaluate(`{
        const animate = Element.prototype.animate;
        globalThis.glided = 0;
        Element.prototype.animate = function (...given) { globalThis.glided += 1; return animate.apply(this, given); };
      }`);
        const waits: number[] = [];
        for (let index = 1; index <= SAMPLES; index++) {
          const row = await nextRow(page, `${(9_000_000 * index).toLocaleString('en')}.00`);
          const start = performance.timeOrigin + performance.now();
          await floor.publish([contract('jump', 'u14', `${9_000_000 * index}.00`)]);
          waits.push((await row.seen()) - start);
        }
        const ordered = waits.toSorted((a, b) => a - b);
        const at = (share: number): number => Math.round(ordered[Math.ceil(share * SAMPLES) - 1] ?? NaN);
        console.log(
          `event to row, ${SAMPLES} times: median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`,
        );
        // The quickest, because the machine may be doing something else meanwhile.
        expect(Math.min(...waits)).toBeLessThan(1_000);
        await until(page, `document.querySelector('.board tbody tr').textContent.includes('Anna Berg')`);
        expect(await page.evaluate('globalThis.glided')).toBeGreaterThan(0);
        await until(
          page,
          `document.querySelector('[aria-live=polite]').textContent === 'Anna Berg is now in place 1'`,
        );
      });
    },
    120_000 + SAMPLES * 2_000,
  );

  it('keeps what it shows while the server is away, says so, and catches up by itself', async () => {
    const { page, context, problems } = await open(browser, floor.queryUrl, { locale: 'en' });
    await openBoard(page);
    const rows = await page.locator('.board tbody tr').count();
    await floor.stopApps();
    await page.waitForSelector('.panel .fresh[data-state=disconnected]');
    expect(await page.locator('.board tbody tr').count()).toBe(rows);
    await floor.startApps();
    await floor.publish([contract('after', 'u13', '77000000.00')]);
    await until(page, rowWith('77,000,000.00'), 60_000);
    await page.waitForSelector('.panel .fresh[data-state=live]');
    // An unreachable server is written into the console by the browser itself; nothing else may be.
    expect(problems.filter((line) => !/Failed to load resource: net::ERR_/.test(line))).toEqual([]);
    await context.close();
  }, 120_000);

  it('shows the answer to the last question, however late the ones before come', async () => {
    await withPage(browser, floor.queryUrl, { locale: 'en' }, async ({ page }) => {
      await page.goto('/?preset=month');
      await settled(page);
      const cancelled: string[] = [];
      page.on('requestfailed', (request) => cancelled.push(request.url()));
      await page.route('**/v1/reports/sales-briefing?preset=year', async (route) => {
        await sleep(1_500);
        await route.continue().catch(() => undefined);
      });
      await page.selectOption('select[data-shortcut=filter]', 'year');
      await page.waitForURL(/preset=year/);
      await page.selectOption('select[data-shortcut=filter]', 'today');
      await page.waitForURL(/preset=today/);
      const { headline } = await floor.get('/v1/reports/sales-briefing?preset=today');
      const today = (headline['followUps'] as { value: number }).value;
      await until(page, `!document.querySelector('[data-panel=briefing] .waiting')`);
      const shown = (): Promise<string | null> =>
        page.getAttribute('[data-panel=briefing] .card:last-child .card-value', 'title');
      expect(await shown()).toBe(String(today));
      await sleep(2_000);
      expect(await shown()).toBe(String(today));
      expect(cancelled.filter((url) => url.includes('sales-briefing?preset=year'))).toHaveLength(1);
    });
  }, 120_000);

  it('rotates the scenes of a wall, celebrates a deal once, and not again after loading', async () => {
    await withPage(
      browser,
      floor.queryUrl,
      { locale: 'en', size: 'wall', motion: true },
      async ({ page }) => {
        await page.goto('/tv?scenes=rank-contract-amount,goals,funnel&dwell=5');
        await page.waitForSelector('[data-scene=rank-contract-amount] .board tbody tr');
        await page.waitForSelector('[data-scene=goals]');
        await page.waitForSelector('[data-scene=funnel]');
        await page.waitForSelector('[data-scene=rank-contract-amount]');
        expect(await page.evaluate('getComputedStyle(document.querySelector(".tv")).cursor')).toBe('none');
        await floor.publish([opportunity('prize', 'u05', 'open')]);
        await floor.settle();
        await floor.publish([opportunity('prize', 'u05', 'won')]);
        await page.waitForSelector('.celebration >> text=陈静');
        await page.waitForSelector('.celebration', { state: 'detached' });
        await page.reload();
        await page.goto('/tv?scenes=feed');
        await page.waitForSelector('.tv-feed li');
        expect(await page.locator('.celebration').count()).toBe(0);
      },
    );
  }, 120_000);

  it('keeps the wall awake, fills the screen, and says for how long its connection has been lost', async () => {
    const wall = await open(browser, floor.queryUrl, { locale: 'en', size: 'wall' });
    const { page } = wall;
    // What the browser gives is noted down; it is still the browser that gives it.
    await page.addInitScript(`{
      globalThis.locks = [];
      const request = WakeLock.prototype.request;
      WakeLock.prototype.request = async function (type) {
        const lock = await request.call(this, type);
        globalThis.locks.push(lock);
        return lock;
      };
    }`);
    await page.goto('/tv?scenes=goals');
    await page.waitForSelector('.tv-head .fresh[data-state=live]');
    await until(page, 'locks.length === 1 && locks[0].type === "screen" && !locks[0].released');
    await page.keyboard.press('f');
    await until(page, 'document.fullscreenElement === document.documentElement');
    await page.keyboard.press('f');
    await until(page, 'document.fullscreenElement === null');
    await floor.stopApps();
    await page.waitForSelector('.tv-banner[role=alert]:has-text("No connection")');
    await page.waitForSelector('.tv-head .fresh[data-state=disconnected]');
    expect(await page.locator('.tv-rate').count()).toBe(6);
    await keepScreen(page, 'tv-lost', false);
    await floor.startApps();
    await page.waitForSelector('.tv-banner', { state: 'detached', timeout: 60_000 });
    await goTo(page, '/live');
    await until(page, 'locks.every(({ released }) => released)');
    await wall.context.close();
  }, 120_000);

  it('loads a wall anew when the server has another build', async () => {
    await withPage(browser, floor.queryUrl, { locale: 'en', size: 'wall' }, async ({ page }) => {
      await page.clock.install();
      await page.goto('/tv?scenes=goals');
      await page.waitForSelector('.tv-goals');
      await page.evaluate('globalThis.before = true');
      await Promise.all([
        page.waitForResponse((response) => new URL(response.url()).pathname === '/'),
        page.clock.fastForward('01:01'),
      ]);
      expect(await page.evaluate('globalThis.before')).toBe(true);
      await page.route('/', async (route) => {
        const page = await (await route.fetch()).text();
        await route.fulfill({
          contentType: 'text/html',
          body: page.replace(/index-[^."]+\.js/, 'index-new.js'),
        });
      });
      const [again] = await Promise.all([page.waitForEvent('load'), page.clock.fastForward('01:01')]);
      expect(await again.evaluate('globalThis.before')).toBeUndefined();
      await page.waitForSelector('.tv-goals');
    });
  }, 120_000);

  it('moves panels by the mouse, and prints what is on the page, dark or not, on white', async () => {
    await withPage(browser, floor.queryUrl, { locale: 'en', theme: 'dark' }, async ({ page }) => {
      await page.goto('/');
      await settled(page);
      const order = (): Promise<string[]> =>
        page.evaluate('[...document.querySelectorAll("[data-panel]")].map(({ dataset }) => dataset.panel)');
      const before = await order();
      const [first, second, ...others] = before;
      await page.click('text=Arrange');
      await page.dragAndDrop(`[data-panel=${second}] .arrange`, `[data-panel=${first}] .arrange`);
      await until(page, `document.querySelector('[data-panel]').dataset.panel === '${second}'`);
      expect(await order()).toEqual([second, first, ...others]);
      await page.click('.filter-bar >> text=Done');
      expect(await page.locator('.printed-filters').isVisible()).toBe(false);
      await page.emulateMedia({ media: 'print' });
      await until(page, `document.documentElement.dataset.theme === 'light'`);
      for (const screenOnly of ['.app-header', '.filter-bar', '.filter-bar button']) {
        expect(await page.locator(screenOnly).first().isVisible()).toBe(false);
      }
      expect(await page.locator('.panel >> visible=true').count()).toBe(before.length);
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        'rgb(255, 255, 255)',
      );
      await settled(page);
      // Paper has no filter bar: it says itself of which days and of whom it is.
      const { period } = await floor.get('/v1/reports/sales-briefing?preset=month');
      await until(
        page,
        `document.querySelector('.printed-filters')?.innerText === 'Period: ${String(period['from'])} – ${String(period['to'])} · Scope: Everything I may see'`,
      );
      await keepScreen(page, 'home-print');
      await page.emulateMedia({ media: 'screen' });
      await until(page, `document.documentElement.dataset.theme === 'dark'`);
      await page.goto('/reports/customer-total?from=2026-01-05&to=2026-01-09&departmentId=east');
      await page.emulateMedia({ media: 'print' });
      await until(
        page,
        `document.querySelector('.printed-filters')?.innerText === 'Period: 2026-01-05 – 2026-01-09 · Scope: 华东大区'`,
      );
    });
  }, 120_000);

  it("draws charts in the system's theme when that changes, without new numbers", async () => {
    await withPage(browser, floor.queryUrl, { theme: 'dark' }, async ({ page }) => {
      await page.goto('/reports/contract-amount-trend');
      await settled(page);
      // Numbers that never come redraw nothing.
      await page.route('**/v1/reports/**', () => undefined);
      await page.evaluate(`globalThis.dark = document.querySelector('.chart canvas').toDataURL()`);
      await page.emulateMedia({ colorScheme: 'light' });
      await until(page, `document.querySelector('.chart canvas').toDataURL() !== dark`);
    });
  }, 60_000);

  it('draws the map that the installation mounts, and opens the records of a province', async () => {
    await withPage(browser, floor.queryUrl, {}, async ({ page }) => {
      await page.goto('/reports/customer-city?preset=year');
      await page.waitForSelector('svg.map >> nth=1');
      expect(await page.locator('svg.map >> nth=0 >> path').count()).toBe(2);
      expect(await page.locator('.tiles').count()).toBe(0);
      const shanghai = page.locator('svg.map').first().locator('path:has-text("上海")');
      const [, many] = /上海 (\d+)/.exec((await shanghai.textContent()) ?? '') ?? [];
      expect(Number(many)).toBeGreaterThan(0);
      expect(Number(await shanghai.getAttribute('data-shade'))).toBeGreaterThan(0);
      await shanghai.click();
      await page.waitForSelector('dialog[open] tbody tr');
      expect(await page.locator('dialog[open] tbody tr').count()).toBe(Number(many));
      await keepScreen(page, 'report-customer-city-map', false);
    });
  }, 120_000);

  it('paints soon, from few bytes, with nothing inline and nobody else asked', async () => {
    const headers = (await floor.request('GET', '/')).headers;
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const paints: number[] = [];
    for (let index = 0; index < 3; index++) {
      await withPage(browser, floor.queryUrl, { locale: 'en' }, async ({ page }) => {
        await page.goto('/');
        await page.waitForSelector('.card-value');
        paints.push(
          await page.evaluate<number>('performance.getEntriesByName("first-contentful-paint")[0].startTime'),
        );
      });
    }
    console.log(`first paint, ms: ${paints.map(Math.round).join(' ')}`);
    expect(Math.min(...paints)).toBeLessThan(1_000);
  }, 120_000);

  it(
    'does not grow while changes rush by',
    async () => {
      await withPage(browser, floor.queryUrl, { locale: 'en', motion: true }, async ({ page, context }) => {
        await page.goto('/');
        await settled(page);
        await goTo(page, BOARD);
        const session = await context.newCDPSession(page);
        let value = 100_000_000;
        const rush = async (seconds: number): Promise<void> => {
          for (let sent = 0; sent < seconds * 20; sent++) {
            value += 1_000;
            await Promise.all([
              floor.publish([
                contract(`rush${sent % 40}`, `u${String(1 + (sent % 14)).padStart(2, '0')}`, `${value}.00`),
              ]),
              sleep(50),
            ]);
          }
        };
        await rush(5);
        const before = await heapOf(session);
        const since = performance.now();
        await rush(SECONDS);
        const took = Math.round((performance.now() - since) / 1000);
        const grown = (await heapOf(session)) - before;
        const [was, more] = [before, grown].map((bytes) => (bytes / 1e6).toFixed(2));
        console.log(`heap: ${was} MB, grown by ${more} MB in ${SECONDS * 20} changes, ${took} s`);
        expect(grown).toBeLessThan(SECONDS < 600 ? 5_000_000 : 20_000_000);
      });
    },
    120_000 + SECONDS * 10_000,
  );
});

/** Watches the page for a row with an amount; `seen` resolves with the moment it stood there, by the page's clock. */
async function nextRow(page: Page, amount: string): Promise<{ seen: () => Promise<number> }> {
  await page.evaluate(`globalThis.seen = new Promise((resolve) => {
    const look = () => {
      if (!${rowWith(amount)}) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document.querySelector('.board'), { subtree: true, childList: true, characterData: true });
    setTimeout(() => resolve(Infinity), 30_000);
  }), 0`);
  return { seen: () => page.evaluate<number>('globalThis.seen') };
}

/** Bytes of the page's heap that are still in use. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}
