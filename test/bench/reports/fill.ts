/**
 * Fills the warehouse with the records of tenants by INSERT ... SELECT from numbers: a row is a pure
 * function of the seed, the tenant, the entity and the row's number, so that every fill is the same.
 */
import type { Warehouse } from '#warehouse';

export interface FillOptions {
  /** Tenants are called `<prefix>0`, `<prefix>1`, ... */
  prefix: string;
  tenants: number;
  /** Contracts of each, and customers; the other entities follow in proportion. */
  size: number;
  employees: number;
  seed: number;
}

/** All records are dated within these three years; the benchmark asks as of {@link TODAY}. */
const FIRST_DAY = '2024-01-01';
const DAYS = 1096;
export const TODAY = '2026-11-20';

const PRODUCTS = 200;
const CATEGORIES = 20;
const DEPARTMENTS = 40;
const PIPELINES = 2;
const STAGES = 5;

/** Records of an entity per contract. */
const SHARE = {
  customer: 1,
  contract: 1,
  activity: 3,
  receivable: 0.9,
  receivable_plan: 0.3,
  invoice: 0.5,
  opportunity: 0.6,
  contact: 0.8,
  pool_move: 0.2,
  return_visit: 0.1,
  business_trip: 0.05,
} as const;

const PROVINCES = "['北京','上海','广东省','浙江','江苏省','四川','湖北','山东省','河南','']";
const INDUSTRIES = "['制造','零售','互联网','金融','教育','医疗','物流','']";
const STATUSES =
  "['approved','approved','approved','approved','no-approval','pending','in-review','draft','rejected','void']";
const ANSWERS = "['很满意','满意','一般','不满意','很不满意','']";
const METHODS = "['电话','拜访','微信','']";

/** Records as SQL expressions over `tenant` and `n`, the row's number in the tenant. */
class Records {
  constructor(private readonly options: FillOptions) {}

  private hash(column: string): string {
    return `cityHash64(tenant, n, '${column}', ${this.options.seed})`;
  }

  /** An even number from 0 to `below` - 1 that depends on the row and the column's name. */
  private pick(column: string, below: number): string {
    return `(${this.hash(column)} % ${below})`;
  }

  /** An id of 36 characters. */
  private id(entity: string, n: string): string {
    return idOf(entity, n, this.options.seed);
  }

  private reference(column: string, entity: string, count: number): string {
    return this.id(entity, this.pick(column, count));
  }

  /** Employees differ in how much they sell. */
  private employee(column: string): string {
    const { employees } = this.options;
    return this.id(
      'employee',
      `least(${this.pick(`${column}/a`, employees)}, ${this.pick(`${column}/b`, employees)})`,
    );
  }

  private one(column: string, values: string): string {
    return `${values}[1 + ${this.hash(column)} % length(${values})]`;
  }

  private date(column: string): string {
    return `toDate32('${FIRST_DAY}') + ${this.pick(column, DAYS)}`;
  }

  private instant(column: string): string {
    return `toDateTime64('${FIRST_DAY} 00:00:00', 6, 'UTC') + ${this.pick(column, DAYS * 86_400)}`;
  }

  private money(column: string, below: number): string {
    return `toDecimal64(${this.pick(column, below * 100)}, 2) / 100`;
  }

  private version(): string {
    return `bitOr(bitShiftLeft(toUInt128(1700000000000000 + n), 64), cityHash64(n))`;
  }

  /** One in `of` rows, by a column of its own. */
  private rare(column: string, of: number): string {
    return `${this.pick(column, of)} = 0`;
  }

  private columns(): Record<string, Record<string, string>> {
    const { size } = this.options;
    const count = (entity: keyof typeof SHARE): number => Math.ceil(size * SHARE[entity]);
    const customer = this.reference('customer', 'customer', size);
    const contract = this.reference('contract', 'contract', size);
    const lines = `range(1 + ${this.pick('lines', 4)})`;
    const line = (name: string, below: number): string =>
      `arrayMap(i -> cityHash64(tenant, n, i, '${name}', ${this.options.seed}) % ${below}, ${lines})`;
    return {
      department: {
        name: "concat('部门', toString(n))",
        parent_id: `if(n = 0, '', ${this.id('department', 'intDiv(n, 4)')})`,
      },
      employee: {
        name: "concat('员工', toString(n))",
        department_id: this.id('department', `n % ${DEPARTMENTS}`),
        manager_id: `if(n = 0, '', ${this.id('employee', 'intDiv(n, 8)')})`,
        status: `if(${this.rare('status', 20)}, 'disabled', 'active')`,
        avatar_url: "''",
      },
      product_category: {
        name: "concat('分类', toString(n))",
        parent_id: `if(n < 4, '', ${this.id('product_category', 'n % 4')})`,
      },
      product: {
        name: "concat('产品', toString(n))",
        category_id: `if(n % 10 = 0, '', ${this.id('product_category', `n % ${CATEGORIES}`)})`,
        status: "'on-shelf'",
      },
      pipeline: {
        name: "concat('流程', toString(n))",
        enabled: 'true',
        'stages.id': `arrayMap(i -> concat('s', toString(i)), range(${STAGES}))`,
        'stages.name': `arrayMap(i -> concat('阶段', toString(i)), range(${STAGES}))`,
        'stages.order': `range(${STAGES})`,
      },
      goal: {
        subject_type: `if(n % 7 = 0, 'department', 'employee')`,
        subject_id: `if(n % 7 = 0, ${this.id('department', `n % ${DEPARTMENTS}`)}, ${this.id('employee', `n % ${this.options.employees}`)})`,
        year: '2024 + n % 3',
        metric: "if(n % 2 = 0, 'contract-amount', 'receivable-amount')",
        months: 'arrayMap(i -> toDecimal64(1000 * (i + n % 100), 2), range(12))',
      },
      customer: {
        name: "concat('客户', toString(n), '有限公司')",
        phone: `toString(4000000000 + n)`,
        mobile: `toString(13000000000 + n)`,
        owner_id: `if(${this.rare('pooled', 20)}, '', ${this.employee('owner')})`,
        creator_id: this.employee('creator'),
        created_at: this.instant('created'),
        deal_status: `if(${this.rare('deal', 4)}, 'deal', 'not-deal')`,
        deal_at: `if(${this.rare('deal', 4)}, ${this.instant('created')} + ${this.pick('days', 90 * 86_400)}, NULL)`,
        province: this.one('province', PROVINCES),
        city: "''",
        industry: this.one('industry', INDUSTRIES),
        level: this.one('level', "['A','B','C','']"),
        source: this.one('source', "['官网','展会','转介绍','']"),
        next_contact_at: `if(${this.rare('next', 3)}, ${this.instant('next_at')}, NULL)`,
      },
      contact: {
        name: "concat('联系人', toString(n))",
        customer_id: customer,
        owner_id: this.employee('owner'),
        creator_id: this.employee('creator'),
        created_at: this.instant('created'),
      },
      opportunity: {
        name: "concat('商机', toString(n))",
        customer_id: customer,
        owner_id: this.employee('owner'),
        creator_id: this.employee('creator'),
        created_at: this.instant('created'),
        pipeline_id: this.reference('pipeline', 'pipeline', PIPELINES),
        stage_id: `concat('s', toString(${this.pick('stage', STAGES)}))`,
        end_state: this.one('end', "['open','open','won','lost','invalid']"),
        amount: this.money('amount', 90_000),
        expected_deal_on: this.date('expected'),
        closed_at: 'NULL',
      },
      contract: {
        number: "concat('HT-', toString(n))",
        name: "concat('合同', toString(n))",
        customer_id: customer,
        opportunity_id: "''",
        owner_id: this.employee('owner'),
        order_date: this.date('ordered'),
        end_date: `if(${this.rare('open', 3)}, NULL, ${this.date('ordered')} + 365)`,
        amount: this.money('amount', 90_000),
        status: this.one('status', STATUSES),
        'lines.product_id': `arrayMap(p -> ${this.id('product', 'p')}, ${line('product', PRODUCTS)})`,
        'lines.quantity': `arrayMap(q -> toDecimal64(q, 2), ${line('quantity', 20)})`,
        'lines.subtotal': `arrayMap(s -> toDecimal64(s, 2), ${line('subtotal', 20_000)})`,
      },
      receivable: {
        number: "concat('HK-', toString(n))",
        contract_id: contract,
        plan_id: `if(${this.rare('planned', 3)}, ${this.reference('plan', 'receivable_plan', count('receivable_plan'))}, '')`,
        owner_id: this.employee('owner'),
        return_date: this.date('returned'),
        amount: this.money('amount', 60_000),
        status: this.one('status', STATUSES),
      },
      receivable_plan: {
        contract_id: contract,
        owner_id: this.employee('owner'),
        planned_date: this.date('planned'),
        amount: this.money('amount', 60_000),
      },
      invoice: {
        number: "concat('FP-', toString(n))",
        contract_id: `if(${this.rare('alone', 20)}, '', ${contract})`,
        owner_id: this.employee('owner'),
        amount: this.money('amount', 60_000),
        status: this.one('status', STATUSES),
        issued: `NOT ${this.rare('issued', 5)}`,
        issue_date: this.date('issued_on'),
      },
      activity: {
        kind: this.one('kind', "['follow-up','follow-up','follow-up','check-in','other']"),
        target_type: "'customer'",
        target_id: customer,
        customer_id: customer,
        author_id: this.employee('author'),
        created_at: this.instant('created'),
        method: this.one('method', METHODS),
      },
      pool_move: {
        customer_id: customer,
        direction: this.one('direction', "['put-in','taken']"),
        reason: "'manual'",
        employee_id: this.employee('employee'),
        pool_id: "'pool'",
        moved_at: this.instant('moved'),
      },
      return_visit: {
        visitor_id: this.employee('visitor'),
        contract_id: contract,
        visited_at: this.instant('visited'),
        satisfaction: this.one('answer', ANSWERS),
      },
      business_trip: {
        applicant_id: this.employee('applicant'),
        status: this.one('status', STATUSES),
        'legs.starts_at': `arrayMap(i -> ${this.instant('leg')} + i * 86400, range(1 + ${this.pick('legs', 3)}))`,
      },
    };
  }

  private rows(table: string): number {
    const { size, employees } = this.options;
    const fixed: Record<string, number> = {
      department: DEPARTMENTS,
      employee: employees,
      product_category: CATEGORIES,
      product: PRODUCTS,
      pipeline: PIPELINES,
      goal: 6 * employees,
    };
    return fixed[table] ?? Math.ceil(size * SHARE[table as keyof typeof SHARE]);
  }

  /** One INSERT per entity. */
  statements(): string[] {
    const { prefix, tenants } = this.options;
    return Object.entries(this.columns()).map(([table, columns]) => {
      const names = ['tenant', 'id', 'version', 'deleted', ...Object.keys(columns)].map(
        (name) => `\`${name}\``,
      );
      const values = ['tenant', this.id(table, 'n'), this.version(), '0', ...Object.values(columns)];
      const rows = this.rows(table);
      return `INSERT INTO ${table} (${names.join(', ')})
        SELECT ${values.join(', ')}
        FROM (
          SELECT concat('${prefix}', toString(intDiv(number, ${rows}))) AS tenant, number % ${rows} AS n
          FROM numbers(${rows * tenants})
        )`;
    });
  }
}

/** SQL of the id of a tenant's record number `n`. */
const idOf = (entity: string, n: string, seed: number): string =>
  `toString(reinterpretAsUUID(sipHash128(concat(tenant, '/${entity}'), toUInt64(${n}), ${seed})))`;

/** Writes the tenants' records; the warehouse must be migrated. */
export async function fill(warehouse: Warehouse, options: FillOptions): Promise<void> {
  for (const statement of new Records(options).statements()) await warehouse.command(statement);
}
