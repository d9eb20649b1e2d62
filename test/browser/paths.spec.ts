/** The ways through the dashboard that people take, on a server that asks for keys. */
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import type { CloudEvent } from '#crm';
import { upsert } from '../support/events';
import { Floor } from '../support/floor';
import { bearer, makeKey } from '../support/keys';
import { goTo, launch, open, settled, until, withPage, type Watched } from './browser';
import { salesFloor } from './data';

const ADMIN = randomBytes(24).toString('hex');
let floor: Floor;
let browser: Browser;
beforeAll(async () => {
  [floor, browser] = await Promise.all([Floor.start('embedded', { ADMIN_KEY: ADMIN }), launch()]);
  floor.key = ADMIN;
  await floor.publish(salesFloor());
  await floor.settle();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await floor?.stop();
});

/** Opens a screen and signs in there. */
async function signedIn(page: Page, path: string, key = ADMIN, keep = false): Promise<void> {
  await page.goto(path);
  await page.fill('input[type=password]', key);
  if (keep) await page.check('input[type=checkbox]');
  await page.click('button.primary');
  await page.waitForURL((url) => url.pathname === path.replace(/\?.*/s, ''));
  await settled(page);
}

/**
 * A 401 and the cut of a stream are how a page learns that its key has ended, and Chromium writes every one into
 * its console.
 */
const expectRefusalsOnly = (problems: string[]): void => {
  const others = problems.filter(
    (line) => !/Failed to load resource: (.* 401 |net::ERR_INCOMPLETE_CHUNKED)/.test(line),
  );
  problems.length = 0;
  expect(others).toEqual([]);
};

/** One signed-in page for one test. */
const inside = (path: string, use: (watched: Watched) => Promise<void>, key = ADMIN): Promise<void> =>
  withPage(browser, floor.queryUrl, { locale: 'en' }, async (watched) => {
    await signedIn(watched.page, path, key);
    expectRefusalsOnly(watched.problems);
    await use(watched);
  });

const figure = async (page: Page, selector: string): Promise<number> =>
  Number((await page.getAttribute(selector, 'title'))?.replaceAll(',', ''));
const FIRST_CARD = '[data-panel=briefing] .card-value >> nth=0';

describe('the main paths', () => {
  it('signs in by a key, kept only where one asks for it, and out again', async () => {
    await withPage(browser, floor.queryUrl, { locale: 'en' }, async ({ page, problems }) => {
      await page.goto('/goals?year=2026');
      await page.waitForSelector('h1:text-is("Sign in")');
      await page.fill('input[type=password]', 'fb_0123456789abcdef_not-a-key');
      await page.click('button.primary');
      await page.waitForSelector('[role=alert]');
      await page.fill('input[type=password]', ADMIN);
      await page.click('button.primary');
      await page.waitForURL('/goals?year=2026');
      await settled(page);
      expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(ADMIN);
      await page.reload();
      await page.waitForSelector('h1:text-is("Sign in")');
      await signedIn(page, '/', ADMIN, true);
      await page.reload();
      await page.waitForSelector('[data-panel=briefing] .card');
      await page.click('text=Sign out');
      await page.waitForSelector('h1:text-is("Sign in")');
      expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(ADMIN);
      expectRefusalsOnly(problems);
    });
  }, 120_000);

  it('filters by period and person; the address keeps it all', async () => {
    await inside('/', async ({ page }) => {
      const month = await figure(page, FIRST_CARD);
      await page.selectOption('select[data-shortcut=filter]', 'year');
      await page.waitForURL('/?preset=year');
      await settled(page);
      await until(page, `!document.querySelector('.waiting')`);
      const year = await figure(page, FIRST_CARD);
      expect(year).toBeGreaterThan(month);
      await page.selectOption('.filter-bar select >> nth=1', 'employeeId:u02');
      await page.waitForURL(/employeeId=u02/);
      await until(page, `!document.querySelector('.waiting')`);
      const one = await figure(page, FIRST_CARD);
      expect(one).toBeLessThan(year);
      const answer = await floor.get('/v1/reports/sales-briefing?preset=year&employeeId=u02');
      expect(answer.headline).toMatchObject({ newCustomers: { value: one } });
      await page.keyboard.press('Escape');
      await page.locator('h1').click();
      await page.keyboard.press('[');
      await page.waitForURL(/preset=quarter/);
    });
  }, 120_000);

  it('opens the records behind a figure, as many as it says, and takes them along as files', async () => {
    await inside('/', async ({ page }) => {
      const many = await figure(page, FIRST_CARD);
      await page.click(FIRST_CARD);
      await page.waitForSelector('dialog[open] table tbody tr');
      expect(await page.locator('dialog[open] tbody tr').count()).toBe(many);
      const [csv] = await Promise.all([
        page.waitForEvent('download'),
        page.click('dialog[open] >> text=CSV'),
      ]);
      const text = readFileSync(await csv.path(), 'utf8');
      expect(text.startsWith('\ufeff')).toBe(true);
      expect(text.split('\r\n').filter((line) => /^c\d+,/.test(line))).toHaveLength(many);
      const [xlsx] = await Promise.all([
        page.waitForEvent('download'),
        page.click('dialog[open] >> text=XLSX'),
      ]);
      expect(
        readFileSync(await xlsx.path())
          .subarray(0, 2)
          .toString(),
      ).toBe('PK');
    });
  }, 120_000);

  it('sorts a table, switches to its chart as a table, and opens a cell', async () => {
    await inside('/reports/customer-total?preset=year', async ({ page }) => {
      const column = (): Promise<string[]> =>
        page.locator('table:not(.series) tbody td:nth-child(3)').allInnerTexts();
      await page.click('.sort:text("New customers")');
      const down = (await column()).map(Number);
      expect(down).toEqual(down.toSorted((a, b) => b - a));
      expect(await page.getAttribute('th:has(.sort:text("New customers"))', 'aria-sort')).toBe('descending');
      await page.click('text=View as table');
      expect(await page.locator('figure table tbody tr').count()).toBe(12);
      await page.click('table:not(.series) tbody td:nth-child(3) .figure >> nth=0');
      await page.waitForSelector('dialog[open] tbody tr');
      expect(await page.locator('dialog[open] tbody tr').count()).toBe(down[0]);
    });
  }, 120_000);

  it('edits a goal, pastes a row, takes a step back, and the home page shows the new target', async () => {
    await inside('/goals', async ({ page }) => {
      const month = Number(
        (await floor.get('/v1/reports/goal-completion-rate?preset=month')).period['from']
          ?.toString()
          .slice(5, 7),
      );
      const cell = `[data-cell="0:${month - 1}"]`;
      await page.fill(cell, '1,234,567.50');
      await page.press(cell, 'Enter');
      await page.waitForSelector('text=Save 1 changes');
      await page.click('text=Undo');
      await until(page, `document.querySelector('[data-cell="0:${month - 1}"]').value === '900000'`);
      await page.evaluate(`{
        const data = new DataTransfer();
        data.setData('text/plain', ${JSON.stringify(`${'1,000,000\t'.repeat(12).trim()}\n`)});
        document.querySelector('[data-cell="0:0"]').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      }`);
      await page.waitForSelector('text=Save 12 changes');
      await page.click('button.primary');
      await page.waitForSelector('.kept.good');
      await floor.settle();
      await goTo(page, '/?goalMetric=contract-amount');
      // Two departments as they were, one with the new target.
      await page.waitForSelector('.gauge dd[title="2,800,000.00"]');
    });
  }, 120_000);

  it('keeps the arrangement of panels on the server', async () => {
    await inside('/', async ({ page, problems }) => {
      await page.click('text=Arrange');
      await page.click('[aria-label="Move Summary up"] >> nth=0');
      await page.click('text=Show Deals won');
      await page.click('.filter-bar >> text=Done');
      expect(await page.locator('[data-panel=feed]').count()).toBe(0);
      const order = (): Promise<unknown> =>
        page.evaluate('[...document.querySelectorAll("[data-panel]")].map(({ dataset }) => dataset.panel)');
      const arranged = await order();
      await page.evaluate('localStorage.clear()');
      await signedIn(page, '/');
      await until(page, `document.querySelector('[data-panel=feed]') === null`);
      expect(await order()).toEqual(arranged);
      expectRefusalsOnly(problems);
    });
  }, 120_000);

  it('speaks both languages, wears both themes, and remembers', async () => {
    await inside('/settings', async ({ page, problems }) => {
      await page.click('text=中文');
      await page.waitForSelector('h1:text-is("设置")');
      expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
      await page.keyboard.press('d');
      await until(page, 'document.documentElement.dataset.theme === "dark"');
      await page.reload();
      await page.waitForSelector('h1:text-is("登录")');
      expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
      expectRefusalsOnly(problems);
    });
  }, 120_000);

  it('shows a seller what a seller may see, and their own place', async () => {
    const { key } = await makeKey(floor, null, { roles: ['read'], permission: 'self', employeeId: 'u07' });
    await inside(
      '/',
      async ({ page }) => {
        expect(await page.locator('nav >> text=Keys').count()).toBe(0);
        await page.waitForSelector('.board tr.mine >> text=me');
        // A seller's home is about the seller and their people; a board is never of oneself alone.
        const scope = page.locator('.filter-bar select').nth(1);
        expect(await scope.inputValue()).toBe('scope:self-and-subordinates');
        await page.waitForSelector('[data-panel=board] >> text=My department with its parts');
        const places = await page.locator('.board tbody tr').count();
        await scope.selectOption('');
        await page.waitForURL(/scope=everything/);
        await until(page, `document.querySelectorAll('.board tbody tr').length > ${places}`);
        await scope.selectOption('scope:self-and-subordinates');
        await page.waitForURL((url) => url.search === '');
        await page.click('nav >> text=Goals');
        await page.waitForSelector('text=may look at goals');
        expect(await page.locator('.goal-grid input').count()).toBe(0);
      },
      key,
    );
  }, 120_000);

  it('opens a wall screen by its link, and closes it when the token is revoked', async () => {
    await inside('/keys', async ({ page }) => {
      await page.fill('form:has-text("New screen token") input:not([type])', 'Hall');
      await page.click('form:has-text("New screen token") button.primary');
      const link = await page.locator('.secret').innerText();
      expect(link).toContain('/tv?token=fbs_');
      const wall = await open(browser, floor.queryUrl, { locale: 'en', size: 'wall' });
      await wall.page.goto(link);
      await wall.page.waitForSelector('.tv-board tbody tr');
      await wall.page.waitForSelector('.tv-head .fresh[data-state=live]');
      expect(wall.page.url()).not.toContain('token');
      const [cookie] = await wall.context.cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
      expect(await wall.page.evaluate('document.cookie')).toBe('');
      expect(wall.problems).toEqual([]);
      // The list says when the screen was last there.
      await goTo(page, '/settings');
      await goTo(page, '/keys');
      await page.waitForSelector('tr:has-text("Hall") td:nth-of-type(3):text-matches("[0-9]:[0-9]")');
      page.once('dialog', (dialog) => void dialog.accept());
      await page.click('tr:has-text("Hall") button');
      await wall.page.waitForSelector('.tv-banner[role=alert]:has-text("revoked")');
      expectRefusalsOnly(wall.problems);
      await wall.context.close();
    });
  }, 120_000);

  it('shows pictures of people from allowed hosts only', async () => {
    const picture = (id: string, name: string, avatarUrl: string): CloudEvent =>
      upsert('employee', { id, name, departmentId: 'east', status: 'active', avatarUrl });
    await floor.publish([
      picture('u01', '王秀英', 'https://pictures.example/u01.svg'),
      picture('u02', '李建国', 'https://elsewhere.example/u02.svg'),
    ]);
    const allowed = { imageHosts: ['pictures.example'] };
    expect((await floor.request('PUT', '/v1/settings', allowed)).status).toBe(200);
    await floor.settle();
    const policy = (await floor.request('GET', '/')).headers.get('content-security-policy');
    expect(policy).toContain("img-src 'self' https://pictures.example;");
    await withPage(browser, floor.queryUrl, { locale: 'en' }, async ({ page, problems }) => {
      await page.route('https://pictures.example/u01.svg', (route) =>
        route.fulfill({
          contentType: 'image/svg+xml',
          body: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        }),
      );
      await signedIn(page, '/live?boards=rank-contract-amount&preset=year');
      await until(page, `document.querySelector('.board .avatar img')?.naturalWidth === 9`);
      const row = page.locator('.board tr:has-text("李建国")');
      expect(await row.locator('.avatar').innerText()).toBe('建国');
      expect(await page.locator('.avatar img').count()).toBe(1);
      const foreign = problems.filter((line) => line.startsWith('foreign:'));
      expect(new Set(foreign)).toEqual(new Set(['foreign: https://pictures.example/u01.svg']));
      problems.splice(0, problems.length, ...problems.filter((line) => !foreign.includes(line)));
      expectRefusalsOnly(problems);
    });
    await floor.request('PUT', '/v1/settings', {});
  }, 120_000);

  it('closes a page whose key is revoked', async () => {
    const made = await makeKey(floor, null, { roles: ['read'], permission: 'all' });
    await withPage(browser, floor.queryUrl, { locale: 'en' }, async ({ page, problems }) => {
      await signedIn(page, '/live', made.key);
      await floor.request('DELETE', `/v1/keys/${made.id}`, undefined, bearer(ADMIN));
      await page.waitForSelector('h1:text-is("Sign in")');
      expectRefusalsOnly(problems);
    });
  }, 120_000);
});
