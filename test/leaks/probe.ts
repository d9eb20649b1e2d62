/** Asks as a visitor, searches what comes back for what is not theirs, and holds numbers against the model. */
import { ENTITIES, type CloudEvent } from '#crm';
import { Forbidden, naiveLeaderboard, naiveRecords, naiveReport, NotFound, randomQuestion } from '../model';
import type { BoardId, ModelContext, ReportParams } from '../model';
import { sectionsOf, type Format } from '../support/files';
import type { Floor } from '../support/floor';
import { bearer } from '../support/keys';
import { LiveClient } from '../support/sse';
import { rawQuery } from '../reports/floor';
import { mark, mentionsIn, stringsIn } from './marked';
import { everythingPaths, isBoardReport } from './paths';
import { everything, namesAndGoals } from './sight';
import type { TenantUnderTest } from './tenant';
import type { Visitor, VisitorRole } from './visitors';
import { sorted } from '../support/compare';

export interface ReportUnderTest {
  id: string;
  drill: { records: object };
}

interface Shown {
  status: number;
  text: string;
  json: unknown;
}

/** Boards show everybody; everything else is inside the permission. */
export type Place = 'records' | 'boards';

interface Tried {
  asked: number;
  answered: number;
  refused: number;
  mentions: number;
  leaks: number;
  visitors: Set<string>;
}

/** Leaks said in full, of each route. */
const MOST_LEAKS = 5;
const TARGETS = ENTITIES.activity.targetType.schema['enum'] as string[];
const BOARDS: readonly BoardId[] = ['rank-contract-amount', 'rank-followed-customers', 'rank-new-contacts'];

export class Probe {
  readonly leaks: string[] = [];
  /** Answers that differ from the model's. */
  readonly wrong: unknown[] = [];
  mentionsSeen = 0;
  compared = 0;
  private readonly tried = new Map<string, Tried>();

  constructor(private readonly floor: Floor) {}

  /** Records that a route was seen to show. */
  mentionsOf(route: string): number {
    return this.tried.get(route)?.mentions ?? 0;
  }

  /** A request of a tenant's administrator, which must succeed. */
  async manage<T>(tenant: TenantUnderTest, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.floor.request<T>(method, path, body, bearer(tenant.admin));
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async publish(tenant: TenantUnderTest, events: CloudEvent[]): Promise<void> {
    this.floor.key = tenant.admin;
    await this.floor.publish(events);
    tenant.events.push(...events);
  }

  /** Sends an event that cannot be taken; it is kept as a dead letter of the tenant. */
  async refuseOne(tenant: TenantUnderTest): Promise<void> {
    const bad = {
      specversion: '1.0',
      id: 'bad',
      source: `https://crm.example/source-of-${tenant.id}/bad`,
      type: 'crm.customer.created',
      subject: 'bad',
      time: new Date().toISOString(),
      data: { id: 'bad', name: mark(tenant.id, 'dead-letter', 'bad') },
    };
    const headers = { ...bearer(tenant.admin), 'content-type': 'application/cloudevents+json' };
    const { status } = await this.floor.request('POST', '/v1/events', bad, headers);
    if (status !== 400) throw new Error(`a bad event was answered ${status}`);
    const letters = await this.manage<{ rows: { id: string }[] }>(tenant, 'GET', '/v1/dead-letters');
    for (const { id } of letters.rows) tenant.letters.push(`/v1/dead-letters/${encodeURIComponent(id)}`);
    if (tenant.letters.length === 0) throw new Error('no dead letter was kept');
  }

  async settle(tenants: TenantUnderTest[]): Promise<void> {
    this.floor.key = tenants[0]?.admin ?? null;
    await this.floor.settle();
    this.floor.key = null;
  }

  async openStreams(visitor: Visitor): Promise<void> {
    const own = visitor.caller?.employeeId;
    const topics = [
      'feed',
      'funnel',
      'goals',
      'freshness',
      ...BOARDS.map((id) => `leaderboards/${id}?preset=year&limit=50`),
    ];
    if (visitor.role === 'read') topics.push('status');
    if (visitor.caller?.permission === 'self' && own)
      topics.push(`goals?employeeId=${encodeURIComponent(own)}`);
    const tried = this.triedOf('GET /v1/live', visitor);
    try {
      visitor.stream = await LiveClient.open(this.floor.queryUrl, topics, visitor.headers);
      tried.answered += 1;
    } catch (error) {
      tried.refused += 1;
      const may = visitor.role === 'screen' || visitor.role === 'read';
      // A self who cannot be let in is refused the goals of their own name.
      if (may && !/403/.test(String(error))) this.wrong.push([visitor.name, String(error)]);
      if (!may && !/^Error: (401|403)/.test(String(error))) this.wrong.push([visitor.name, String(error)]);
    }
  }

  /** Ends the streams and searches every message that came. */
  async closeStreams(visitors: Visitor[]): Promise<void> {
    for (const visitor of visitors) {
      const { stream } = visitor;
      if (!stream) continue;
      const wins = visitor.role === 'screen' || visitor.tenant.sight(visitor.caller).wins;
      await stream.until(({ event, data }) => event === 'feed' && (!wins || feedOf(data).length > 0));
      stream.close();
      for (const { event, data } of stream.messages) {
        const place = event === 'leaderboards' ? 'boards' : 'records';
        this.search(
          visitor,
          `GET /v1/live ${event}`,
          place,
          { status: 200, text: JSON.stringify(data), json: data },
          '',
        );
      }
      visitor.stream = undefined;
    }
  }

  /** One random question to a report, as JSON, as a file, and for the records behind one of its columns. */
  async askReport(visitor: Visitor, report: ReportUnderTest, seed: number): Promise<void> {
    const { tenant, caller } = visitor;
    if (!caller) return;
    const question = randomQuestion(seed, report.id, tenant);
    const params: ReportParams = { today: tenant.today, ...question.params };
    const { boardVisibility, timeZone } = tenant;
    const ctx: ModelContext = { caller, boardVisibility, timeZone, now: Date.now() };
    const place = isBoardReport(report.id) ? 'boards' : 'records';
    const query = new URLSearchParams(rawQuery(params)).toString();
    const path = `/v1/reports/${report.id}`;
    const shown = await this.ask(visitor, 'GET', `${path}?${query}`, 'GET /v1/reports/:id', place);
    this.compare(visitor, `${path}?${query}`, shown, () => naiveReport(tenant.world, report.id, params, ctx));
    const format = seed % 2 === 0 ? 'csv' : 'xlsx';
    const { limit: _limit, offset: _offset, ...unpaged } = params;
    const all = new URLSearchParams(rawQuery(unpaged)).toString();
    await this.ask(visitor, 'GET', `${path}?${all}&format=${format}`, `GET /v1/reports/:id ${format}`, place);
    await this.askRecords(visitor, report, unpaged, ctx, seed);
  }

  private async askRecords(
    visitor: Visitor,
    report: ReportUnderTest,
    params: ReportParams,
    ctx: ModelContext,
    seed: number,
  ): Promise<void> {
    const columns = Object.keys(report.drill.records);
    const column = columns[seed % Math.max(columns.length, 1)];
    if (column === undefined) return;
    const query = new URLSearchParams({ ...rawQuery(params), column });
    const base = `/v1/reports/${report.id}/records?${query.toString()}`;
    const shown = await this.ask(visitor, 'GET', `${base}&limit=1000`, 'GET /v1/reports/:id/records');
    const { world } = visitor.tenant;
    if (column !== 'conversionRate' && report.id !== 'satisfaction-product') {
      this.compareIds(
        visitor,
        base,
        shown,
        () => naiveRecords(world, report.id, { ...params, column }, ctx)?.ids,
      );
    }
    await this.ask(visitor, 'GET', `${base}&format=csv`, 'GET /v1/reports/:id/records csv');
    const [hidden] = world
      .all('employee')
      .filter(({ id }) => !visitor.tenant.sight(visitor.caller).records.has(`employee/${id}`));
    if (hidden) {
      await this.ask(
        visitor,
        'GET',
        `${base}&row=${encodeURIComponent(hidden.id)}`,
        'GET /v1/reports/:id/records',
      );
    }
  }

  /** Everything there is beside reports, with questions right and wrong. */
  async askEverything(visitor: Visitor, tenants: readonly TenantUnderTest[]): Promise<void> {
    const others = tenants.filter((tenant) => tenant !== visitor.tenant);
    for (const { method, path, route, place, body, expect } of everythingPaths(visitor.tenant, others)) {
      const shown = await this.ask(visitor, method, path, route, place, body);
      if (expect && !expect.includes(shown.status))
        this.wrong.push([visitor.name, method, path, shown.status]);
    }
    if (visitor.role === 'read') await this.askBoards(visitor);
    if (visitor.role === 'read') await this.followLink(visitor);
  }

  private async askBoards(visitor: Visitor): Promise<void> {
    const { tenant, caller } = visitor;
    const { world, boardVisibility, timeZone } = tenant;
    if (!caller) return;
    for (const id of BOARDS) {
      const params = { preset: 'year', today: tenant.today, limit: 50 } as const;
      const query = new URLSearchParams(rawQuery(params)).toString();
      const shown = await this.ask(
        visitor,
        'GET',
        `/v1/leaderboards/${id}?${query}`,
        'GET /v1/leaderboards/:id',
        'boards',
      );
      const ctx: ModelContext = { caller, boardVisibility, timeZone, now: Date.now() };
      this.compare(visitor, `/v1/leaderboards/${id}`, shown, () => naiveLeaderboard(world, id, params, ctx));
    }
  }

  /** A link shows whoever holds it what its maker may see, and no more. */
  private async followLink(visitor: Visitor): Promise<void> {
    const path = '/v1/reports/amount-ratio-detail?format=csv&preset=year';
    const made = await this.ask(visitor, 'POST', '/v1/tickets', 'POST /v1/tickets', 'records', { path });
    const { url } = made.json as { url: string };
    const shown = await this.ask({ ...visitor, headers: {} }, 'GET', url, 'GET a link');
    const again = await this.ask({ ...visitor, headers: {} }, 'GET', url, 'GET a link');
    if (shown.status !== 200 || again.status !== 401)
      this.wrong.push([visitor.name, url, shown.status, again.status]);
  }

  private async ask(
    visitor: Visitor,
    method: string,
    path: string,
    route: string,
    place: Place = 'records',
    body?: unknown,
  ): Promise<Shown> {
    const base = path.startsWith('/v1/events') ? this.floor.ingestUrl : this.floor.queryUrl;
    const response = await fetch(base + path, {
      method,
      headers: { ...visitor.headers, ...(body === undefined ? {} : { 'content-type': typeFor(path) }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: 'manual',
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get('content-type') ?? '';
    const shown = { status: response.status, text: textOf(type, bytes), json: jsonOf(type, bytes) };
    const tried = this.triedOf(route, visitor);
    if (shown.status < 400) tried.answered += 1;
    else tried.refused += 1;
    if (shown.status >= 500) this.wrong.push([visitor.name, method, path, shown.status, shown.text]);
    const headers = JSON.stringify(Object.fromEntries(response.headers));
    this.search(
      visitor,
      route,
      place,
      { ...shown, text: shown.text + headers },
      `${path} ${JSON.stringify(body ?? '')}`,
    );
    return shown;
  }

  private search(visitor: Visitor, route: string, place: Place, shown: Shown, asked: string): void {
    const { tenant } = visitor;
    const tried = this.triedOf(route, visitor, false);
    const allowed = allowedTo(visitor, place);
    const repeated = decodeURIComponent(asked.replaceAll('+', ' ').replace(/%(?![0-9a-f]{2})/gi, '%25'));
    const mentions = mentionsIn(shown.text);
    // An id alone does not say what it is of: an activity's target may be called what another record is called.
    const isTarget = (id: string): boolean => TARGETS.some((type) => allowed(`${type}/${id}`));
    const ids = [...new Set(stringsIn(shown.json))].filter((text) => !repeated.includes(text));
    for (const id of ids) {
      const records = (tenant.recordsById.get(id) ?? []).filter((record) => allowed(record) || !isTarget(id));
      mentions.push(...records.map((record) => ({ tenant: tenant.id, record })));
    }
    tried.mentions += mentions.length;
    this.mentionsSeen += mentions.length;
    for (const mention of mentions) {
      if (mention.tenant === tenant.id && allowed(mention.record)) continue;
      tried.leaks += 1;
      if (tried.leaks <= MOST_LEAKS) {
        this.leaks.push(`${visitor.name} ${route} ${asked}: ${mention.tenant}/${mention.record}`);
      }
    }
  }

  private compare(visitor: Visitor, path: string, { status, json }: Shown, model: () => object): void {
    this.compared += 1;
    const expected = outcomeOf(model);
    const { freshness: _f, source: _s, ...answer } = (json ?? {}) as Record<string, unknown>;
    const found = status === 200 ? answer : status;
    if (JSON.stringify(sorted(found)) !== JSON.stringify(sorted(expected))) {
      this.wrong.push({ visitor: visitor.name, path, found, expected });
    }
  }

  private compareIds(visitor: Visitor, path: string, { status, json }: Shown, model: () => unknown): void {
    this.compared += 1;
    const expected = outcomeOf(model);
    const rows = (json as { rows?: { id: string }[] } | null)?.rows ?? [];
    const found = status === 200 ? rows.map(({ id }) => id).sort() : status;
    const wanted = Array.isArray(expected) ? [...(expected as string[])].sort() : expected;
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      this.wrong.push({ visitor: visitor.name, path, found, expected: wanted });
    }
  }

  private triedOf(route: string, visitor: Visitor, count = true): Tried {
    const tried = this.tried.get(route) ?? {
      asked: 0,
      answered: 0,
      refused: 0,
      mentions: 0,
      leaks: 0,
      visitors: new Set(),
    };
    this.tried.set(route, tried);
    tried.visitors.add(visitor.name);
    if (count) tried.asked += 1;
    return tried;
  }

  /** Routes × callers × tenants tried, what was found, and leaks. */
  table(tenants: number): string {
    const lines = [...this.tried].sort().map(([route, t]) => {
      const numbers = [t.visitors.size, tenants, t.asked, t.answered, t.refused, t.mentions, t.leaks];
      return [route.padEnd(36), ...numbers.map((n) => String(n).padStart(9))].join('');
    });
    const total = (pick: (tried: Tried) => number): number =>
      [...this.tried.values()].reduce((sum, tried) => sum + pick(tried), 0);
    const heads = ['callers', 'tenants', 'asked', 'answered', 'refused', 'records', 'leaks'];
    const sums = [
      total((t) => t.asked),
      total((t) => t.answered),
      total((t) => t.refused),
      total((t) => t.mentions),
      total((t) => t.leaks),
    ];
    return [
      ['route'.padEnd(36), ...heads.map((head) => head.padStart(9))].join(''),
      ...lines,
      ['all'.padEnd(54), ...sums.map((n) => String(n).padStart(9))].join(''),
      `${this.compared} answers held against the model, ${this.wrong.length} of them wrong`,
    ].join('\n');
  }
}

const feedOf = (data: unknown): unknown[] => (data as { items: unknown[] }).items;

/** Keys and links belong to who manages; a tenant's own name and its CRM's to whoever is let in. */
function allowedTo({ tenant, role, caller }: Visitor, place: Place): (record: string) => boolean {
  const common = (record: string): boolean => record.startsWith('tenant/') || record === 'source';
  const sets: Record<VisitorRole, () => (record: string) => boolean> = {
    read: () => {
      const sight = tenant.sight(caller);
      const seen =
        place === 'boards' && tenant.boardVisibility === 'everybody' ? sight.boards : sight.records;
      const own = new Set(tenant.ownRecords(caller));
      return (record) => common(record) || seen.has(record) || own.has(record) || record.startsWith('key/');
    },
    screen: () => {
      const seen = everything(tenant.world);
      return (record) => common(record) || seen.has(record) || record.startsWith('screen/');
    },
    manage: () => {
      const seen = namesAndGoals(tenant.world);
      return (record) => common(record) || seen.has(record) || /^(key|screen|dead-letter)\//.test(record);
    },
    publish: () => (record) => common(record) || record.startsWith('key/'),
    revoked: () => () => false,
    nobody: () => () => false,
  };
  return sets[role]();
}

function outcomeOf(model: () => unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(model() ?? 400)) as unknown;
  } catch (error) {
    if (error instanceof NotFound) return 404;
    if (error instanceof Forbidden) return 403;
    throw error;
  }
}

const typeFor = (path: string): string =>
  path.startsWith('/v1/events') ? 'application/cloudevents+json' : 'application/json';

const SHEET = 'spreadsheetml';

/** A workbook's cells as text; everything else is text. */
function textOf(type: string, bytes: Buffer): string {
  if (!type.includes(SHEET)) return bytes.toString('utf8');
  const format: Format = 'xlsx';
  return JSON.stringify(sectionsOf(format, bytes));
}

const jsonOf = (type: string, bytes: Buffer): unknown =>
  type.includes('json') && bytes.length > 0 ? (JSON.parse(bytes.toString('utf8')) as unknown) : null;
