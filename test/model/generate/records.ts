/** Random states of every entity of a CRM. */
import type { ApprovalStatus, EntityName, RecordOf } from '#crm';
import { yearOf } from '../dates';
import { PROVINCES } from '../provinces';
import { UNKNOWN_DEPARTMENT, UNKNOWN_EMPLOYEE, type Organisation } from './organisation';
import type { Random } from './random';
import type { Times } from './times';

/** The ids each entity's records have, and by which others name them. */
export type Ids = { [E in EntityName]: string[] };

type Makers = { [E in EntityName]: (id: string) => RecordOf<E> };

const STATUSES: ApprovalStatus[] = [
  'draft',
  'pending',
  'in-review',
  'rejected',
  'withdrawn',
  'void',
  'approved',
  'approved',
  'approved',
  'approved',
  'no-approval',
  'no-approval',
];
const OPTIONS = ['很满意', '满意', '一般', '不满意', '很不满意'];
const PROVINCE_TEXTS = [...Object.keys(PROVINCES), ...Object.values(PROVINCES)];
const STRANGE_PROVINCES = ['', '  ', 'California', '浙江省杭州市西湖区', '北京路', '未知'];

export class Records {
  private readonly approval: () => ApprovalStatus;

  constructor(
    private readonly random: Random,
    private readonly times: Times,
    private readonly organisation: Organisation,
    private readonly ids: Ids,
  ) {
    this.approval = () => random.pick(STATUSES);
  }

  /** A random state of a record. */
  make<E extends EntityName>(entity: E, id: string): RecordOf<E> {
    return this.makers[entity](id);
  }

  /** An employee, seldom one that nobody knows. */
  private person = (): string =>
    this.random.chance(0.05) ? UNKNOWN_EMPLOYEE : this.random.pick(this.ids.employee);
  private owner = (): string | null => (this.random.chance(0.12) ? null : this.person());
  private when = (): string => this.times.instant();
  private maybeDate = (): string | null => (this.random.chance(0.12) ? null : this.times.date());
  private maybeWhen = (missing: number): string | null => (this.random.chance(missing) ? null : this.when());

  /** A record of an entity, sometimes one that does not exist, sometimes none. */
  private link(entity: EntityName, missing = 0.1): string | null {
    return this.random.chance(0.06) ? `${entity}-gone` : this.random.maybe(this.ids[entity], missing);
  }

  private target = (entity: EntityName): string => this.link(entity, 0) ?? `${entity}-gone`;

  /** Few distinct values, so that ties, zero and negative sums occur. */
  private decimal(): string {
    const { random } = this;
    if (random.chance(0.7)) {
      return random.pick([
        '100',
        '100.00',
        '200',
        '33.33',
        '66.67',
        '0',
        '0.00',
        '-100',
        '-33.33',
        '0.01',
        '1000.5',
      ]);
    }
    return (random.int(-200_000, 2_000_000) / 100).toFixed(random.pick([2, 2, 1]));
  }

  private makers: Makers = {
    employee: (id) => this.organisation.employee(id),
    department: (id) => this.organisation.department(id),
    customer: (id) => this.customer(id),
    contact: (id) => ({
      id,
      name: `联系人${id}`,
      customerId: this.link('customer'),
      ownerId: this.owner(),
      creatorId: this.person(),
      createdAt: this.when(),
    }),
    pipeline: (id) => this.pipeline(id),
    opportunity: (id) => this.opportunity(id),
    contract: (id) => this.contract(id),
    receivable: (id) => ({
      id,
      number: this.random.maybe([`HK-${id}`]),
      contractId: this.target('contract'),
      planId: this.link('receivable-plan', 0.5),
      ownerId: this.owner(),
      returnDate: this.maybeDate(),
      amount: this.decimal(),
      status: this.approval(),
    }),
    'receivable-plan': (id) => ({
      id,
      contractId: this.target('contract'),
      ownerId: this.owner(),
      plannedDate: this.times.date(),
      amount: this.decimal(),
    }),
    invoice: (id) => ({
      id,
      number: this.random.maybe([`FP-${id}`]),
      contractId: this.link('contract', 0.2),
      ownerId: this.owner(),
      amount: this.decimal(),
      status: this.approval(),
      issued: this.random.chance(0.75),
      issueDate: this.maybeDate(),
    }),
    product: (id) => ({
      id,
      name: this.random.pick(['软件', '硬件', 'Ａ', '😀', 'a', 'B']),
      categoryId: this.link('product-category', 0.2),
      status: this.random.pick(['on-shelf', 'off-shelf']),
    }),
    'product-category': (id) => ({ id, name: `分类${id}`, parentId: this.link('product-category', 0.35) }),
    activity: (id) => this.activity(id),
    'pool-move': (id) => this.poolMove(id),
    'return-visit': (id) => ({
      id,
      visitorId: this.person(),
      contractId: this.link('contract', 0.15),
      visitedAt: this.when(),
      satisfaction: this.random.maybe([...OPTIONS, '尚可', ''], 0.15),
    }),
    'business-trip': (id) => ({
      id,
      applicantId: this.person(),
      status: this.approval(),
      legs: this.random.list(this.random.int(0, 3), () => ({ startsAt: this.when() })),
    }),
    goal: (id) => this.goal(id),
    settings: () => this.settings(),
  };

  private customer(id: string): RecordOf<'customer'> {
    const { random } = this;
    return {
      id,
      name: `客户${id}`,
      phone: random.maybe(['0571-1234567']),
      mobile: random.maybe(['13800000000']),
      ownerId: this.owner(),
      creatorId: this.person(),
      createdAt: this.when(),
      dealStatus: random.pick(['deal', 'not-deal']),
      dealAt: this.maybeWhen(0.4),
      province: random.chance(0.8) ? random.pick(PROVINCE_TEXTS) : random.maybe(STRANGE_PROVINCES),
      city: random.maybe(['杭州市', '']),
      industry: random.maybe(['IT', '制造', '金融', '', ' ', '未知', 'a', 'Ａ', '😀']),
      level: random.maybe(['A', 'B', 'C', '']),
      source: random.maybe(['广告', '转介绍', '搜索', '']),
      nextContactAt: this.maybeWhen(0.4),
    };
  }

  private pipeline(id: string): RecordOf<'pipeline'> {
    const { random } = this;
    const stage = (index: number) => ({
      id: `${id}-s${index + 1}`,
      name: `阶段${index + 1}`,
      order: random.int(1, 3),
    });
    const stages = random.list(random.int(0, 4), stage);
    const [first] = stages;
    // Nothing forbids a stage that is listed twice.
    const twice = first && random.chance(0.2) ? [{ ...first, name: '又一次', order: random.int(1, 3) }] : [];
    return {
      id,
      name: `商机组${id}`,
      enabled: random.chance(0.7),
      stages: random.shuffled([...stages, ...twice]),
    };
  }

  private opportunity(id: string): RecordOf<'opportunity'> {
    const { random } = this;
    const pipelineId = this.target('pipeline');
    return {
      id,
      name: `商机${id}`,
      customerId: this.link('customer'),
      ownerId: this.owner(),
      creatorId: this.person(),
      createdAt: this.when(),
      pipelineId,
      stageId: `${pipelineId}-s${random.int(1, 5)}`,
      endState: random.pick(['open', 'open', 'open', 'won', 'lost', 'invalid']),
      amount: this.decimal(),
      expectedDealOn: this.maybeDate(),
      closedAt: this.maybeWhen(0.5),
    };
  }

  private contract(id: string): RecordOf<'contract'> {
    const { random } = this;
    const line = () => ({
      productId: this.target('product'),
      quantity: random.pick(['1', '2.5', '0', '-1', '10.25']),
      subtotal: this.decimal(),
    });
    return {
      id,
      number: `HT-${id}`,
      name: `合同${id}`,
      customerId: this.link('customer'),
      opportunityId: this.link('opportunity', 0.5),
      ownerId: this.owner(),
      orderDate: this.maybeDate(),
      endDate: random.chance(0.3) ? null : this.times.date(),
      amount: this.decimal(),
      status: this.approval(),
      lines: random.list(random.pick([0, 1, 1, 2, 3, 4]), line),
    };
  }

  private activity(id: string): RecordOf<'activity'> {
    const { random } = this;
    return {
      id,
      kind: random.pick(['follow-up', 'follow-up', 'follow-up', 'check-in', 'other']),
      targetType: random.pick(['lead', 'customer', 'contact', 'opportunity', 'contract', 'other']),
      targetId: this.target('customer'),
      customerId: this.link('customer', 0.2),
      authorId: this.person(),
      createdAt: this.when(),
      method: random.maybe(['电话', '上门拜访']),
    };
  }

  private poolMove(id: string): RecordOf<'pool-move'> {
    const { random } = this;
    const direction = random.pick(['put-in', 'taken'] as const);
    return {
      id,
      customerId: this.target('customer'),
      direction,
      reason: direction === 'put-in' ? random.pick(['manual', 'rule']) : random.pick(['assigned', 'claimed']),
      employeeId: this.person(),
      poolId: random.maybe(['pool-1']),
      movedAt: this.when(),
    };
  }

  private goal(id: string): RecordOf<'goal'> {
    const { random } = this;
    const subjectType = random.pick(['department', 'employee'] as const);
    const unknown = subjectType === 'department' ? UNKNOWN_DEPARTMENT : UNKNOWN_EMPLOYEE;
    return {
      id,
      subjectType,
      subjectId: random.chance(0.08) ? unknown : random.pick(this.ids[subjectType]),
      year: yearOf(this.times.today) - random.pick([0, 0, 0, 1, 1, 2]),
      metric: random.pick(['contract-amount', 'receivable-amount']),
      months: random.list(12, () => random.pick(['0', '100', '1000.00', '333.33', '50'])),
    };
  }

  private settings(): RecordOf<'settings'> {
    const { random } = this;
    return {
      id: 'settings',
      ...(random.chance(0.2) ? {} : { contractExpiryDays: random.pick([0, 3, 30, null]) }),
      satisfactionOptions: random.pick([OPTIONS, OPTIONS, ['满意', '不满意'], []]),
    };
  }
}
