/**
 * One question to one report: what it is about, and the pieces of SQL that follow from it.
 *
 * Every statement that a report makes through `from` holds the tenant, the period and the scope, so
 * that the permission is part of the query and not a filter on its answer.
 */
import type { Caller } from '#access';
import { bucketsOf, dayOf, isoOf, monthKey, type Day, type Period, type Range, type Zone } from '#calendar';
import { tableName, type EntityName } from '#crm';
import type { Warehouse } from '#warehouse';
import type { Asked, KeptReadings } from './kept';
import { newestOf, type MainParts, type ReadingOptions } from './newest';
import type { SmallTable } from './parts';
import { orgOf, type Org, type OrgRow } from './org';
import type { BaseQuery } from './parameters';
import { inScope, type Scope } from './scope';
import type { DateColumn, Source } from './sources';
import { and, date, instant, integers, join, NOTHING, raw, sql, text, type Sql } from './sql';

export interface ReportTenant {
  id: string;
  zone: Zone;
}

export interface ReportContext {
  warehouse: Pick<Warehouse, 'stream'> & Asked;
  tenant: ReportTenant;
  caller: Caller;
  /** Epoch milliseconds. */
  now: number;
  /** Whether every reader sees leaderboards whole; default `everyone`. */
  boardVisibility?: 'everyone' | 'permission';
  /** When large tables are read by their main part instead of FINAL; for tests. */
  reading?: ReadingOptions;
}

export interface FromOptions {
  /** Default: the report's period; null: any date, and records without one. */
  range?: Range | null;
  /** Default: owner or author in scope; `anybody`: whoever it belongs to, nobody included. */
  whose?: 'in-scope' | 'anybody';
  /** Further conditions. */
  where?: Sql;
  /** ARRAY JOIN. */
  arrayJoin?: Sql;
}

export interface RunParts<Q extends BaseQuery> {
  report: string;
  context: ReportContext;
  query: Q;
  today: Day;
  period: Period;
  scope: Scope;
  main: MainParts;
  kept: KeptReadings;
  org: () => Promise<Org>;
}

export class Run<Q extends BaseQuery = BaseQuery> {
  readonly report: string;
  readonly context: ReportContext;
  readonly query: Q;
  readonly today: Day;
  readonly period: Period;
  readonly scope: Scope;
  /** The organisation; read once per question, when somebody asks. */
  readonly org: () => Promise<Org>;

  constructor(private readonly parts: RunParts<Q>) {
    this.report = parts.report;
    this.context = parts.context;
    this.query = parts.query;
    this.today = parts.today;
    this.period = parts.period;
    this.scope = parts.scope;
    this.org = parts.org;
  }

  /** The same question with other parts. */
  with(parts: Partial<RunParts<Q>>): Run<Q> {
    return new Run({ ...this.parts, ...parts });
  }

  get tenant(): Sql {
    return text(this.context.tenant.id);
  }

  get zone(): Zone {
    return this.context.tenant.zone;
  }

  /** All rows of a statement. */
  async rows<T>(statement: Sql): Promise<T[]> {
    const { main, kept } = this.parts;
    const read = (): Promise<T[]> => main.reading(() => fetchRows<T>(this.context, this.report, statement));
    return this.context.reading?.repeating === false ? read() : kept.repeated(statement, read);
  }

  /**
   * What `make` builds from the rows of a statement that reads small tables alone; it is kept while they have not
   * changed, and shared: nobody may change it.
   */
  kept<T, V>(tables: readonly SmallTable[], statement: Sql, make: (rows: T[]) => V): Promise<V> {
    return this.parts.kept.of(tables, statement, make);
  }

  /** `FROM … WHERE …` over the records of a source that belong to this question. */
  from(source: Source, options: FromOptions = {}): Sql {
    const { arrayJoin = NOTHING } = options;
    const { where = raw('1') } = options;
    return sql`FROM ${this.newest(source.entity, this.where(source, options))} ${arrayJoin} WHERE ${where}`;
  }

  /**
   * What stands behind FROM: the newest versions of an entity's records under a condition, which should
   * be about their own columns alone; those that hold a SELECT are better put behind WHERE, being run once.
   */
  newest(entity: EntityName, condition: Sql): Sql {
    const table = tableName(entity);
    return newestOf(table, this.tenant, condition, this.parts.main);
  }

  private where(source: Source, { range = this.period, whose = 'in-scope' }: FromOptions): Sql {
    const conditions = [...source.where];
    if (range !== null) conditions.push(this.during(source.date, range));
    if (whose === 'in-scope') conditions.push(inScope(source.owner, this.scope, this.context.tenant.id));
    return conditions.length === 0 ? raw('1') : and(...conditions);
  }

  /** Whether a date or instant lies in a range, both ends included (R5). */
  during({ column, kind }: DateColumn, range: Range = this.period): Sql {
    const at = raw(column);
    return kind === 'date'
      ? sql`${at} >= ${date(isoOf(range.from))} AND ${at} <= ${date(isoOf(range.to))}`
      : sql`${at} >= ${instant(this.zone.startOf(range.from))} AND ${at} < ${instant(this.zone.startOf(range.to + 1))}`;
  }

  /** The local date of an instant that is not null. */
  localDate(column: string): Sql {
    return sql`toDate32(toTimeZone(${raw(column)}, ${text(this.zone.name)}))`;
  }

  /** How to group by the buckets of a period (default: the report's), and to read the group's number. */
  buckets(dated: DateColumn, period: Pick<Period, 'from' | 'to' | 'bucket'> = this.period): Buckets {
    return new Buckets(dated, period, this.zone);
  }
}

/** The number that a bucket has in SQL, and its key: `YYYY-MM-DD` or `YYYY-MM`. */
export class Buckets {
  readonly keys: readonly string[];
  /** A number per bucket. */
  readonly number: Sql;
  private readonly keyOf: ReadonlyMap<number, string>;

  constructor(dated: DateColumn, period: Pick<Period, 'from' | 'to' | 'bucket'>, zone: Zone) {
    this.keys = bucketsOf(period, period.bucket);
    if (dated.kind === 'date') {
      const compact = period.bucket === 'day' ? 'toYYYYMMDD' : 'toYYYYMM';
      this.number = raw(`${compact}(${dated.column})`);
      this.keyOf = new Map(this.keys.map((key) => [Number(key.replaceAll('-', '')), key]));
    } else {
      // Where days begin is told by the calendar, so that reports and live counters agree on every instant.
      const starts = this.keys.map((key) => zone.startOf(firstDay(key, period.from)) * 1000);
      this.number = sql`roundDown(toUnixTimestamp64Micro(${raw(dated.column)}), ${integers(starts)})`;
      this.keyOf = new Map(this.keys.map((key, index) => [starts[index] ?? 0, key]));
    }
  }

  /** @throws Error when the number is none of a bucket's. */
  key(number: number): string {
    const key = this.keyOf.get(number);
    if (key === undefined) throw new Error(`no bucket has the number ${number}`);
    return key;
  }

  /** One item per bucket in order, from what was found and, where nothing was, from `nothing`. */
  fill<F extends { bucket: number }, I>(
    found: readonly F[],
    nothing: Omit<F, 'bucket'>,
    item: (key: string, row: Omit<F, 'bucket'>) => I,
  ): I[] {
    const byKey = new Map(found.map((row) => [this.key(row.bucket), row]));
    return this.keys.map((key) => item(key, byKey.get(key) ?? nothing));
  }
}

const firstDay = (key: string, from: Day): Day =>
  key === monthKey(from) ? from : dayOf(key.length === 7 ? `${key}-01` : key);

/** All rows of a statement, tagged for the warehouse's query log. */
export async function fetchRows<T>(context: ReportContext, report: string, statement: Sql): Promise<T[]> {
  const { statement: sqlText, parameters } = statement.compile();
  return context.warehouse.query<T>(sqlText, parameters, { tag: { report, tenant: context.tenant.id } });
}

/** The organisation of a tenant, read in one statement. */
export function readOrg(tenantId: string, kept: KeptReadings): Promise<Org> {
  const tenant = text(tenantId);
  const statements = [
    sql`SELECT 'employee' AS kind, id, name, department_id AS parent, manager_id AS manager, status
        FROM employee FINAL WHERE tenant = ${tenant}`,
    sql`SELECT 'department' AS kind, id, name, parent_id AS parent, '' AS manager, '' AS status
        FROM department FINAL WHERE tenant = ${tenant}`,
  ];
  return kept.of<OrgRow, Org>(['employee', 'department'], join(statements, ' UNION ALL '), orgOf);
}
