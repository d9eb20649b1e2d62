/** Compares what the plant holds with what the ledger says it must hold, exactly. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openChangeLog, TOPICS } from '#change-log';
import type { Preset } from '#calendar';
import { openWarehouse } from '#warehouse';
import {
  naiveLeaderboard,
  naiveReport,
  REPORT_IDS,
  BOARD_IDS,
  type BoardId,
  type ModelContext,
} from '../model';
import { startChild } from '../support/children';
import type { Report } from '../support/floor';
import type { Ledger } from './ledger';
import type { Plant } from './plant';
import { sorted } from '../support/compare';

/** What is wrong; all noughts is exact. */
export interface Findings {
  /** Accepted versions that are not among the facts, refused events that are no dead letters. */
  lost: number;
  /** Facts that are there more than once, or that nobody sent. */
  doubled: number;
  /** Boards and reports that differ from the recomputation. */
  drift: number;
  /** The first few, in words. */
  examples: string[];
}

export const clean = (): Findings => ({ lost: 0, doubled: 0, drift: 0, examples: [] });
export const isExact = ({ lost, doubled, drift }: Findings): boolean => lost + doubled + drift === 0;

const SOME_PRESETS: readonly Preset[] = ['today', 'week', 'last-month', 'year'];
const ALL_PRESETS: readonly Preset[] = [
  ...['today', 'yesterday', 'week', 'last-week', 'month', 'last-month'],
  ...['quarter', 'last-quarter', 'year', 'last-year'],
] as Preset[];

/** `some`: every board live, and its report for the year. `all`: every window of every board, and all reports. */
export type Depth = 'some' | 'all';

interface Status {
  consumers: { name: string; lagEvents: number; lagMs: number | null }[];
}

export class Checker {
  constructor(
    private readonly plant: Plant,
    private readonly ledger: Ledger,
  ) {}

  /** Waits until both consumers say that they have everything accepted before now, and boards are live. */
  async settle(timeoutMs: number): Promise<void> {
    const since = Date.now();
    let last = '';
    while (Date.now() - since < timeoutMs) {
      try {
        const answered = Date.now();
        const status = await this.get<Status>('/v1/status');
        const board = await this.get<Report>('/v1/leaderboards/rank-new-customers?preset=year&limit=1');
        last = JSON.stringify({ consumers: status.consumers, source: board.source });
        const settled = status.consumers.every(
          ({ lagEvents, lagMs }) => lagEvents === 0 && lagMs !== null && answered - lagMs > since,
        );
        if (settled && board.source === 'live') return;
      } catch (error) {
        last = String(error);
      }
      await sleep(100);
    }
    throw new Error(`not settled in ${timeoutMs} ms: ${last}`);
  }

  /** Compares again and again until all is exact or the time is over; the last findings. */
  async becomesExact(depth: Depth, timeoutMs: number): Promise<Findings> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const findings = await this.numbers(depth).catch((error: unknown) => ({
        ...clean(),
        drift: 1,
        examples: [String(error)],
      }));
      if (isExact(findings) || Date.now() > deadline) return findings;
      await sleep(300);
    }
  }

  /** Boards and reports against the recomputation; on a server the facts too. */
  async numbers(depth: Depth): Promise<Findings> {
    const findings = clean();
    const presets = depth === 'all' ? ALL_PRESETS : SOME_PRESETS;
    for (const id of BOARD_IDS) {
      for (const preset of presets) await this.compareBoard(findings, id, preset);
      const reported = depth === 'all' ? presets : (['year'] as const);
      for (const preset of reported) await this.compareReport(findings, id, { preset });
    }
    if (depth === 'all') {
      for (const id of REPORT_IDS) await this.compareReport(findings, id, {});
    }
    if (this.plant.set === 'servers') this.compareFacts(findings, await this.serverFacts());
    return findings;
  }

  /** What can be looked at only when nothing runs (embedded), and the dead letters. */
  async remains(): Promise<Findings> {
    const findings = clean();
    if (this.plant.set === 'embedded') this.compareFacts(findings, await this.embeddedFacts());
    const letters = await this.deadLetters();
    for (const { value, by } of this.ledger.refused) {
      if (letters.has(value)) continue;
      findings.lost += 1;
      findings.examples.push(`no dead letter for (${by}) ${value.slice(0, 200)}`);
    }
    return findings;
  }

  private context(): ModelContext {
    return {
      timeZone: this.plant.timeZone,
      now: Date.now(),
      caller: { permission: 'all', employeeId: null },
    };
  }

  private async compareBoard(findings: Findings, id: BoardId, preset: Preset): Promise<void> {
    const live = await this.get<Report>(`/v1/leaderboards/${id}?preset=${preset}&limit=1000`);
    const { rows } = naiveLeaderboard(this.ledger.world, id, { preset, limit: 1000 }, this.context());
    note(
      findings,
      `board ${id} ${preset}`,
      { source: 'live', rows },
      { source: live.source, rows: live.rows },
    );
  }

  private async compareReport(findings: Findings, id: string, params: { preset?: Preset }): Promise<void> {
    const query = new URLSearchParams(params).toString();
    const { freshness: _, ...answer } = await this.get<Report>(`/v1/reports/${id}?${query}`);
    const expected = naiveReport(this.ledger.world, id, params, this.context());
    note(findings, `report ${id} ${query}`, JSON.parse(JSON.stringify(expected)), answer);
  }

  private compareFacts(findings: Findings, keys: string[]): void {
    const held = new Set(keys);
    const doubled = keys.length - held.size;
    const unknown = [...held].filter((key) => !this.ledger.versions.has(key));
    const lost = [...this.ledger.versions].filter((key) => !held.has(key));
    findings.lost += lost.length;
    findings.doubled += doubled + unknown.length;
    if (lost.length > 0) findings.examples.push(`not among the facts: ${lost.slice(0, 3).join(', ')}`);
    if (unknown.length > 0) findings.examples.push(`nobody sent: ${unknown.slice(0, 3).join(', ')}`);
    if (doubled > 0) findings.examples.push(`${doubled} facts more than once`);
  }

  private async serverFacts(): Promise<string[]> {
    const warehouse = await openWarehouse({ url: this.plant.clickhouseUrl, dataDir: '', readOnly: true });
    try {
      const rows = await warehouse.query<{ key: string }>(
        `SELECT concat(entity, '/', id, '/', toString(version)) AS key FROM change_events FINAL WHERE tenant = 'default'`,
        {},
        { tag: { report: 'audit', tenant: 'default' } },
      );
      return rows.map(({ key }) => key);
    } finally {
      await warehouse.close();
    }
  }

  private async embeddedFacts(): Promise<string[]> {
    const child = startChild('node', ['test/faults/facts-audit.mjs', this.plant.dataDir], {});
    const code = await child.exited;
    if (code !== 0) throw new Error(`the facts could not be read: ${child.output()}`);
    return child.output().split('\n').filter(Boolean);
  }

  /** Values of the dead letters that say why they are. */
  private async deadLetters(): Promise<Set<string>> {
    const kafkaBrokers = this.plant.set === 'servers' ? [this.plant.brokers] : [];
    const log = await openChangeLog({ kafkaBrokers, dataDir: this.plant.dataDir });
    const values = new Set<string>();
    try {
      for (const { partition, start, end } of await log.offsets(TOPICS.deadLetters)) {
        for (let at = start; at < end;) {
          const records = await log.read(TOPICS.deadLetters, partition, at, 1_000);
          if (records.length === 0) break;
          for (const { value, headers } of records) {
            const problems = JSON.parse(headers['problems'] ?? '[]') as unknown[];
            if (headers['reason'] && problems.length > 0) values.add(value.toString('utf8'));
          }
          at = (records.at(-1)?.offset ?? at) + 1;
        }
      }
    } finally {
      await log.close();
    }
    return values;
  }

  private async get<T>(path: string): Promise<T> {
    const response = await fetch(this.plant.queryUrl + path, { signal: AbortSignal.timeout(20_000) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }
}

function note(findings: Findings, what: string, expected: unknown, answered: unknown): void {
  const [should, is] = [expected, answered].map((value) => JSON.stringify(sorted(value)));
  if (should === is) return;
  findings.drift += 1;
  const at = [...(should ?? '')].findIndex((letter, index) => letter !== is?.[index]);
  const part = (text = ''): string => text.slice(Math.max(0, at - 80), at + 120);
  findings.examples.push(`${what}: should be …${part(should)}… and is …${part(is)}…`);
}
