/**
 * Random histories: every record in several versions (edits, voids, transfers, deletions, re-creations)
 * as change events.
 */
import type { CloudEvent, EntityName } from '#crm';
import { World, type PlainRecord } from '../world';
import { randomOrganisation } from './organisation';
import { Random } from './random';
import { Records, type Ids } from './records';
import { Times } from './times';

export interface HistoryOptions {
  /** The day records are dated around. */
  today?: string;
  timeZone?: string;
  /** Records per entity for the busy ones, e.g. contracts. */
  size?: number;
  /** The most versions a record has. */
  versions?: number;
  /** `tenantid` of the events; absent: none. */
  tenant?: string;
  /** When the first event happened, epoch milliseconds; each later one is a second later. */
  startedAt?: number;
}

export interface History {
  /** Every version of every record, in the order in which it happened. */
  events: CloudEvent[];
  /** What is left when all of them have been taken. */
  world: World;
  today: string;
  timeZone: string;
}

const COUNTS: { [E in EntityName]: (size: number) => number } = {
  department: () => 6,
  employee: () => 11,
  customer: (size) => size,
  contact: (size) => size / 2,
  pipeline: () => 3,
  opportunity: (size) => size,
  contract: (size) => size,
  receivable: (size) => size,
  'receivable-plan': (size) => size / 3,
  invoice: (size) => size,
  product: () => 6,
  'product-category': () => 4,
  activity: (size) => size * 2,
  'pool-move': (size) => size / 2,
  'return-visit': (size) => size / 2,
  'business-trip': (size) => size / 3,
  goal: () => 16,
  settings: () => 1,
};

function idsFor(random: Random, size: number, known: Partial<Ids>): Ids {
  const entries = Object.entries(COUNTS).map(([entity, count]) => [
    entity,
    known[entity as EntityName] ?? random.list(Math.ceil(count(size)), (index) => `${entity}-${index + 1}`),
  ]);
  return Object.fromEntries(entries) as Ids;
}

/** A version of a record before it is an event: null is a deletion. */
interface Step {
  entity: EntityName;
  id: string;
  data: object | null;
  verb: string;
  /** Where in time it happened, between 0 and 1. */
  at: number;
}

/** What happens to a record once it exists. */
function nextState(
  random: Random,
  records: Records,
  entity: EntityName,
  id: string,
  held: object | null,
): Pick<Step, 'data' | 'verb'> {
  const fresh: Record<string, unknown> = { ...records.make(entity, id) };
  if (held === null) return { data: fresh, verb: 'created' };
  // An organisation that lost most of its people would leave little to look at.
  const mortal = !['employee', 'department', 'pipeline'].includes(entity) || random.chance(0.3);
  if (mortal && random.chance(0.1)) return { data: null, verb: 'deleted' };
  const change = random.pick(['status', 'ownerId', 'amount', 'everything', 'everything'] as const);
  if (change === 'everything' || !(change in held)) return { data: fresh, verb: 'updated' };
  const verb = change === 'ownerId' ? 'owner-changed' : 'updated';
  return { data: { ...held, [change]: fresh[change] }, verb };
}

function stepsOf(random: Random, records: Records, entity: EntityName, id: string, most: number): Step[] {
  // A record that no event ever tells of: what names it names nothing.
  if (random.chance(entity === 'settings' ? 0.3 : 0.04)) return [];
  const moments = random.list(random.int(1, most), () => random.next()).sort((a, b) => a - b);
  let held: object | null = null;
  return moments.map((at): Step => {
    const { data, verb } = nextState(random, records, entity, id, held);
    held = data;
    return { entity, id, data, verb, at };
  });
}

/** One CRM numbers its versions, the other leaves them to the clock; a record belongs to one of them. */
const numbersVersions = (entity: EntityName): boolean => entity !== 'contact' && entity !== 'invoice';

/** An event of each step; now and then two versions of a record bear the same number. */
function toEvents(
  random: Random,
  steps: Step[],
  { tenant, startedAt }: { tenant?: string; startedAt: number },
): CloudEvent[] {
  const latest = new Map<string, string>();
  return steps.map((step, index) => {
    const record = `${step.entity}/${step.id}`;
    const numbered = numbersVersions(step.entity);
    const repeated = random.chance(0.03) ? latest.get(record) : undefined;
    const sequence = repeated ?? String(index + 1);
    latest.set(record, sequence);
    return {
      specversion: '1.0',
      id: `e${index + 1}`,
      source: numbered ? 'https://crm.example/a' : 'https://crm.example/b',
      type: `crm.${step.entity}.${step.verb}`,
      subject: step.id,
      time: new Date(startedAt + index * 1000 + 7).toISOString(),
      ...(tenant === undefined ? {} : { tenantid: tenant }),
      ...(numbered ? { sequence } : {}),
      ...(step.data === null ? {} : { data: step.data }),
    };
  });
}

/** A random organisation and its history; the same seed and options give the same one. */
export function randomHistory(seed: number, options: HistoryOptions = {}): History {
  const { today = '2026-05-20', timeZone = 'Asia/Shanghai', size = 36, versions = 4, tenant } = options;
  const startedAt = options.startedAt ?? Date.UTC(2024, 0, 1);
  const random = new Random(seed);
  const organisation = randomOrganisation(random, { departments: 6, employees: 11 });
  const { departmentIds: department, employeeIds: employee } = organisation;
  const ids = idsFor(random, size, { department, employee, settings: ['settings'] });
  const records = new Records(random, new Times(random, today, timeZone), organisation, ids);
  const steps = (Object.keys(ids) as EntityName[]).flatMap((entity) =>
    ids[entity].flatMap((id) => stepsOf(random, records, entity, id, versions)),
  );
  steps.sort((a, b) => a.at - b.at);
  const events = toEvents(random, steps, { tenant, startedAt });
  return { events, world: World.after(events), today, timeZone };
}

/** The newest states alone: a random list of records. */
export const randomRecords = (seed: number, options: HistoryOptions = {}): PlainRecord[] =>
  randomHistory(seed, options).world.records();

/** The same events as a bad network delivers them: in any order, some of them more than once. */
export function shuffledWithDuplicates(events: readonly CloudEvent[], seed: number): CloudEvent[] {
  const random = new Random(seed);
  const again = events.filter(() => random.chance(0.25));
  return random.shuffled([...events, ...again]);
}
