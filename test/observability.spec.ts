/**
 * Alerts and dashboards against what is really served: a running floor, a Prometheus that reads it, and
 * every query of every panel and alert asked there.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { ROOT, startChild, type Child } from './support/children';
import { upsert } from './support/events';
import { Floor } from './support/floor';
import { freePort } from './support/ports';
import { LiveClient } from './support/sse';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Panel {
  title: string;
  type: string;
  targets?: { expr: string }[];
}
interface Rule {
  alert: string;
  expr: string;
  annotations: { runbook: string };
}

const { panels } = JSON.parse(read('deploy/grafana/dashboards/floorboard.json')) as { panels: Panel[] };
const { groups } = parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const questions = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr.replaceAll('$__rate_interval', '30s')] as const),
);

describe('alerts', () => {
  const promtool = (...args: string[]): { status: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: ROOT, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  it.each([
    [['check', 'config', 'deploy/prometheus/prometheus.yml']],
    [['check', 'rules', 'deploy/prometheus/alerts.yml']],
    [['test', 'rules', 'deploy/prometheus/alerts.test.yml']],
  ])('promtool %j', (args) => {
    expect(promtool(...args)).toMatchObject({ status: 0 });
  });

  it('have a section each in the runbook, and no section is left over', () => {
    const sections = [...read('docs/runbook.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(rules.map(({ alert }) => alert).sort()).toEqual(sections.sort());
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
  });
});

describe('a Prometheus that reads a running floor', () => {
  let floor: Floor;
  let prometheus: Child;
  let stream: LiveClient;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    floor = await Floor.start('embedded', { METRICS_PORT: '0', RECONCILIATION_SECONDS: '1' });
    stream = await LiveClient.open(floor.queryUrl, ['status']);
    folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
    url = `http://127.0.0.1:${await freePort()}`;
    prometheus = startPrometheus(folder, url, floor.metricsUrls());
    await untilRated();
  }, 180_000);

  afterAll(async () => {
    stream?.close();
    await prometheus?.stop('SIGTERM');
    await floor?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (expr: string): Promise<{ status: string; error?: string; result: unknown[] }> => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data?: { result: unknown[] };
    };
    return { status, error, result: data?.result ?? [] };
  };

  /** Work of every kind until the slowest of the panels, a rate over two scrapes, has something to show. */
  async function untilRated(): Promise<void> {
    const deadline = Date.now() + 120_000;
    for (let i = 0; Date.now() < deadline; i += 1) {
      await floor.publish([upsert('employee', { id: 'a', name: `Ann ${i}`, status: 'active' })]);
      await floor.get('/v1/reports/customer-total');
      await floor.get('/v1/leaderboards/rank-contract-amount');
      await floor.request('GET', '/v1/reports/none');
      const missing = [];
      for (const [title, expr] of questions) {
        const { result } = await ask(expr).catch(() => ({ result: [] }));
        if (result.length === 0) missing.push(title);
      }
      if (missing.length === 0) return;
      await sleep(500);
    }
  }

  it.each(questions)('%s: %s', async (_title, expr) => {
    const { status, error, result } = await ask(expr);
    expect({ status, error }).toEqual({ status: 'success', error: undefined });
    expect(result).not.toEqual([]);
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr]))('takes the query of %s', async (_alert, expr) => {
    expect(await ask(expr)).toMatchObject({ status: 'success', error: undefined });
  });
});

/** Reads the given metrics every second. */
function startPrometheus(folder: string, url: string, metrics: string[]): Child {
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [
      {
        job_name: 'floorboard',
        static_configs: [{ targets: metrics.map((one) => new URL(one).host), labels: { app: 'floorboard' } }],
      },
    ],
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  return startChild(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    {},
  );
}
