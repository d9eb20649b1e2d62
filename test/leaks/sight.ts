/**
 * What a caller may see of its tenant, record by record, written from the documents: its own records by the
 * data permission, and what those name.
 */
import type { EntityName } from '#crm';
import { permittedPeople, type IdSet, type ModelCaller, type World } from '../model';
import { permittedDepartments } from '../model/scope';

type Values = Record<string, unknown>;

/** By whom a record belongs to somebody's numbers. */
const PEOPLE: Partial<Record<EntityName, readonly string[]>> = {
  customer: ['ownerId'],
  contact: ['ownerId', 'creatorId'],
  opportunity: ['ownerId'],
  contract: ['ownerId'],
  receivable: ['ownerId'],
  'receivable-plan': ['ownerId'],
  invoice: ['ownerId'],
  activity: ['authorId'],
  'pool-move': ['employeeId'],
  'return-visit': ['visitorId'],
  'business-trip': ['applicantId'],
};
const ENTITIES = Object.keys(PEOPLE) as EntityName[];

/** Fields that name another record, whose name then is shown with it. */
const NAMES: readonly [field: string, entity: EntityName][] = [
  ['customerId', 'customer'],
  ['contractId', 'contract'],
  ['opportunityId', 'opportunity'],
  ['planId', 'receivable-plan'],
  ['ownerId', 'employee'],
  ['creatorId', 'employee'],
  ['authorId', 'employee'],
  ['employeeId', 'employee'],
  ['visitorId', 'employee'],
  ['applicantId', 'employee'],
];

/** Filters of everybody who reads; numbers stand behind the permission. */
const FOR_ALL: readonly EntityName[] = ['product', 'product-category', 'pipeline', 'settings'];

export interface Sight {
  /** `entity/id` of what reports, lists and streams may name. */
  records: ReadonlySet<string>;
  /** The same with what boards for everybody name. */
  boards: ReadonlySet<string>;
  /** Whether any deal that was won now is among them. */
  wins: boolean;
}

const has = (set: IdSet, id: unknown): boolean => typeof id === 'string' && (set === null || set.has(id));

/** Everything in the tenant: for permission `all`, and the names for who manages. */
export function everything(world: World): Set<string> {
  return new Set(world.records().map(({ entity, data }) => `${entity}/${data.id}`));
}

/** Names of people, departments and filters, for who manages and does not read. */
export function namesAndGoals(world: World): Set<string> {
  const entities: EntityName[] = [
    'employee',
    'department',
    'pipeline',
    'product-category',
    'goal',
    'settings',
  ];
  return new Set(entities.flatMap((entity) => world.all(entity).map(({ id }) => `${entity}/${id}`)));
}

export function sightOf(world: World, caller: ModelCaller): Sight {
  const people = permittedPeople(world, caller);
  const all = everything(world);
  const faces = world.records().filter(({ entity }) => entity === 'employee' || entity === 'department');
  const records = people === null ? all : ownRecords(world, caller, people);
  const boards = new Set([...records, ...faces.map(({ entity, data }) => `${entity}/${data.id}`)]);
  return { records, boards, wins: [...records].some((record) => record.startsWith('opportunity/win-')) };
}

function ownRecords(world: World, caller: ModelCaller, people: ReadonlySet<string>): Set<string> {
  const seen = new Set<string>();
  for (const entity of FOR_ALL) for (const { id } of world.all(entity)) seen.add(`${entity}/${id}`);
  const own = ENTITIES.flatMap((entity) =>
    (world.all(entity) as unknown as Values[])
      .filter((record) => PEOPLE[entity]?.some((field) => has(people, record[field])))
      .map((record): [EntityName, Values] => [entity, record]),
  );
  const ids = (entity: EntityName): Set<unknown> =>
    new Set(own.filter(([of]) => of === entity).map(([, { id }]) => id));
  const [customers, contracts] = [ids('customer'), ids('contract')];
  // What was signed by the customers shown, and what was paid and invoiced on the contracts shown, by anybody.
  const behind = (['contract', 'receivable', 'invoice'] as const).flatMap((entity) =>
    (world.all(entity) as unknown as Values[])
      .filter(({ customerId, contractId }) =>
        entity === 'contract' ? customers.has(customerId) : contracts.has(contractId),
      )
      .map((record): [EntityName, Values] => [entity, record]),
  );
  for (const [entity, record] of [...own, ...behind]) addWithNames(world, seen, entity, record);
  addPeople(world, seen, people);
  for (const id of permittedDepartments(world, caller) ?? []) seen.add(`department/${id}`);
  addGoals(world, caller, seen, people);
  return seen;
}

function addWithNames(world: World, seen: Set<string>, entity: EntityName, record: Values): void {
  seen.add(`${entity}/${String(record['id'])}`);
  for (const [field, named] of NAMES) {
    const id = record[field];
    if (typeof id !== 'string') continue;
    if (named === 'employee') addPeople(world, seen, [id]);
    else seen.add(`${named}/${id}`);
    // A receivable names its contract, and that its customer.
    const further = named === 'contract' ? world.get('contract', id)?.customerId : null;
    if (typeof further === 'string') seen.add(`customer/${further}`);
  }
  if (entity !== 'activity') return;
  seen.add(`${String(record['targetType'])}/${String(record['targetId'])}`);
  // Customers whom one follows are listed as records, with whoever owns them.
  const { customerId } = record;
  const followed = typeof customerId === 'string' ? world.get('customer', customerId) : undefined;
  if (followed) addWithNames(world, seen, 'customer', { ...followed });
}

function addPeople(world: World, seen: Set<string>, people: Iterable<string>): void {
  for (const id of people) {
    seen.add(`employee/${id}`);
    const department = world.get('employee', id)?.departmentId;
    if (typeof department === 'string') seen.add(`department/${department}`);
  }
}

function addGoals(world: World, caller: ModelCaller, seen: Set<string>, people: ReadonlySet<string>): void {
  const departments = permittedDepartments(world, caller);
  for (const { id, subjectType, subjectId } of world.all('goal')) {
    if (has(subjectType === 'employee' ? people : departments, subjectId)) seen.add(`goal/${id}`);
  }
}
