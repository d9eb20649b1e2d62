/** A sales floor to look at: three departments, fourteen people, two years of work, goals for this year. */
import type { CloudEvent, RecordOf } from '#crm';
import { isoOf, zoneNamed } from '#calendar';
import { upsert } from '../support/events';

const zone = zoneNamed('Asia/Shanghai');
const DAY_MS = 86_400_000;

/** A date so many days before today, `YYYY-MM-DD`. */
export const day = (ago = 0): string => isoOf(zone.dayAt(Date.now() - ago * DAY_MS));
const at = (ago: number, hour = 9): string => `${day(ago)}T${String(hour).padStart(2, '0')}:15:00+08:00`;

/** The same numbers in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const DEPARTMENTS = [
  ['sales', '销售中心', null],
  ['east', '华东大区', 'sales'],
  ['south', '华南大区', 'sales'],
  ['key', '大客户部', 'sales'],
] as const;
const NAMES = [
  '王秀英',
  '李建国',
  '张伟',
  '刘洋',
  '陈静',
  '杨帆',
  '赵敏',
  '黄晓明',
  '周杰',
  '吴桐',
  '徐丽',
  '孙浩',
  '马超',
  'Anna Berg',
];
const CUSTOMERS = [
  '恒信科技',
  '远航物流',
  '东方医疗',
  '蓝海软件',
  '金桥建设',
  '新城百货',
  '绿源农业',
  '天工机械',
  '云帆教育',
  '华泰能源',
];
const PROVINCES = ['上海', '江苏省', '浙江', '广东', '北京', '四川', '湖北', '山东', '福建', null];
const INDUSTRIES = ['软件', '物流', '医疗', '制造', '零售', null];
const SATISFACTION = ['很满意', '满意', '一般', '不满意'];

export const EMPLOYEES = NAMES.map((name, index) => ({ id: `u${String(index + 1).padStart(2, '0')}`, name }));

export const contract = (
  id: string,
  ownerId: string,
  amount: string,
  more: Partial<RecordOf<'contract'>> = {},
): CloudEvent =>
  upsert('contract', {
    id,
    number: `HT-${id}`,
    name: `${id} 合同`,
    customerId: 'c1',
    ownerId,
    orderDate: day(),
    amount,
    status: 'approved',
    lines: [],
    ...more,
  });

export const opportunity = (
  id: string,
  ownerId: string,
  endState: RecordOf<'opportunity'>['endState'],
  amount = '88000.00',
): CloudEvent =>
  upsert('opportunity', {
    id,
    name: `商机 ${id}`,
    customerId: 'c1',
    ownerId,
    creatorId: ownerId,
    createdAt: at(0, 8),
    pipelineId: 'main',
    stageId: 's3',
    endState,
    amount,
  });

function organisation(): CloudEvent[] {
  const places = ['east', 'east', 'south', 'key'];
  return [
    ...DEPARTMENTS.map(([id, name, parentId]) => upsert('department', { id, name, parentId })),
    ...EMPLOYEES.map(({ id, name }, index) =>
      upsert('employee', {
        id,
        name,
        departmentId: places[index % places.length],
        managerId: index === 0 ? null : 'u01',
        status: 'active',
      }),
    ),
    upsert('pipeline', {
      id: 'main',
      name: '标准销售流程',
      enabled: true,
      stages: ['初步接洽', '需求确认', '方案报价', '商务谈判', '合同签订'].map((name, index) => ({
        id: `s${index + 1}`,
        name,
        order: index,
      })),
    }),
    upsert('product-category', { id: 'k1', name: '软件' }),
    upsert('product-category', { id: 'k2', name: '服务' }),
    ...['云平台', '数据分析', '实施服务', '年度维保'].map((name, index) =>
      upsert('product', {
        id: `p${index}`,
        name,
        categoryId: index < 2 ? 'k1' : index === 2 ? 'k2' : null,
        status: 'on-shelf',
      }),
    ),
  ];
}

function goals(): CloudEvent[] {
  const year = Number(day().slice(0, 4));
  const subjects = [
    ...['east', 'south', 'key'].map((id) => ['department', id, '900000.00'] as const),
    ...EMPLOYEES.map(({ id }) => ['employee', id, '190000.00'] as const),
  ];
  return (['contract-amount', 'receivable-amount'] as const).flatMap((metric) =>
    subjects.map(([subjectType, subjectId, month]) =>
      upsert('goal', {
        id: `${year}-${metric}-${subjectType}-${subjectId}`,
        subjectType,
        subjectId,
        year,
        metric,
        months: Array.from({ length: 12 }, () => month),
      }),
    ),
  );
}

/** All events of the floor, in an order that a CRM could have published them in. */
export function salesFloor(): CloudEvent[] {
  const next = random(7);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  // Some sell more than others, so that boards have an order.
  const owner = (): string => pick(EMPLOYEES.slice(0, 4 + Math.floor(next() * 10))).id;
  const events = [...organisation(), ...goals()];
  for (let index = 1; index <= 160; index++) {
    const ago = index === 1 ? 20 : Math.floor(next() ** 1.6 * 420);
    const [ownerId, deal] = [owner(), next() < 0.45];
    events.push(
      upsert('customer', {
        id: `c${index}`,
        name: `${pick(CUSTOMERS)}${index}`,
        mobile: `138${String(10_000_000 + index)}`,
        ownerId,
        creatorId: ownerId,
        createdAt: at(ago),
        dealStatus: deal ? 'deal' : 'not-deal',
        dealAt: deal ? at(Math.max(0, ago - Math.floor(next() * 60))) : null,
        province: pick(PROVINCES),
        industry: pick(INDUSTRIES),
        level: pick(['A', 'B', 'C']),
        source: pick(['转介绍', '展会', '官网', null]),
      }),
      upsert('contact', {
        id: `n${index}`,
        name: `联系人${index}`,
        customerId: `c${index}`,
        ownerId,
        creatorId: ownerId,
        createdAt: at(ago),
      }),
      upsert('opportunity', {
        id: `o${index}`,
        name: `${pick(CUSTOMERS)}项目${index}`,
        customerId: `c${index}`,
        ownerId,
        creatorId: ownerId,
        createdAt: at(Math.floor(next() * 120)),
        pipelineId: 'main',
        stageId: `s${1 + Math.floor(next() ** 1.5 * 5)}`,
        endState: pick(['open', 'open', 'open', 'won', 'lost']),
        amount: `${Math.floor(20 + next() * 300)}000.00`,
      }),
    );
    if (deal || next() < 0.3) events.push(...sale(index, ownerId, next));
    for (let visit = Math.floor(next() * 4); visit > 0; visit--) {
      events.push(
        upsert('activity', {
          id: `a${index}-${visit}`,
          kind: 'follow-up',
          targetType: 'customer',
          targetId: `c${index}`,
          customerId: `c${index}`,
          authorId: ownerId,
          createdAt: at(Math.floor(next() * 60), 10),
        }),
      );
    }
  }
  return events;
}

function sale(index: number, ownerId: string, next: () => number): CloudEvent[] {
  const ago = Math.floor(next() ** 2 * 360);
  const amount = `${Math.floor(10 + next() * 240)}000.00`;
  const product = `p${Math.floor(next() * 4)}`;
  return [
    contract(`t${index}`, ownerId, amount, {
      customerId: `c${index}`,
      orderDate: day(ago),
      endDate: day(ago - 200),
      lines: [{ productId: product, quantity: '2', subtotal: amount }],
    }),
    upsert('receivable', {
      id: `r${index}`,
      number: `HK-${index}`,
      contractId: `t${index}`,
      ownerId,
      returnDate: day(Math.max(0, ago - 10)),
      amount: `${Math.floor(Number(amount) * 0.6)}.00`,
      status: 'approved',
    }),
    upsert('invoice', {
      id: `i${index}`,
      contractId: `t${index}`,
      ownerId,
      amount: `${Math.floor(Number(amount) * 0.5)}.00`,
      status: 'approved',
      issued: true,
      issueDate: day(Math.max(0, ago - 5)),
    }),
    upsert('return-visit', {
      id: `v${index}`,
      visitorId: ownerId,
      contractId: `t${index}`,
      visitedAt: at(Math.max(0, ago - 3)),
      satisfaction: SATISFACTION[Math.floor(next() * 4)],
    }),
    upsert('pool-move', {
      id: `m${index}`,
      customerId: `c${index}`,
      direction: next() < 0.5 ? 'put-in' : 'taken',
      reason: 'manual',
      employeeId: ownerId,
      movedAt: at(Math.floor(next() * 90)),
    }),
    upsert('business-trip', {
      id: `b${index}`,
      applicantId: ownerId,
      status: 'approved',
      legs: [{ startsAt: at(Math.floor(next() * 40)) }],
    }),
  ];
}
