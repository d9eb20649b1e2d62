/** Records as the answer shows them: the fields of the event contract, and the names of what they refer to. */
import { columnName, ENTITIES, type EntityName, type Field } from '#crm';
import type { Org } from '../org';
import type { Run } from '../run';
import { join, raw, sql, texts, type Sql } from '../sql';

export type StoredRow = Readonly<Record<string, unknown>>;
export type RecordRow = Record<string, unknown>;

/** Stored values are null where nothing was joined and '' where a text or id is null. */
const shown = (value: unknown, { kind }: Field): unknown => {
  if (value === null || value === undefined || value === '') return null;
  return kind === 'instant' && typeof value === 'string' ? isoInstant(value) : value;
};

/** `2026-05-20 02:00:01.500000` as `2026-05-20T02:00:01.500Z`; microseconds only where there are some. */
export const isoInstant = (stored: string): string => `${stored.replace(' ', 'T').replace(/000$/, '')}Z`;

/** The record of a row as its fields in camel case. */
export function recordOf(entity: EntityName, row: StoredRow): RecordRow {
  const fields: Record<string, Field> = ENTITIES[entity];
  const record: RecordRow = { entity };
  for (const [name, field] of Object.entries(fields)) {
    record[name] = field.items
      ? listOf(columnName(name), field.items, row)
      : shown(row[columnName(name)], field);
  }
  return record;
}

/** Lists of objects are stored as one array per field; none where the columns were not read. */
function listOf(column: string, fields: Readonly<Record<string, Field>>, row: StoredRow): RecordRow[] {
  const arrays = Object.entries(fields).map(([name, field]) => ({
    name,
    field,
    values: (row[`${column}.${columnName(name)}`] ?? []) as unknown[],
  }));
  const length = arrays[0]?.values.length ?? 0;
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(arrays.map(({ name, field, values }) => [name, shown(values[index], field)])),
  );
}

/** Fields that name a person, and the field that holds the person's name. */
const PEOPLE: Readonly<Record<string, string>> = {
  ownerId: 'ownerName',
  creatorId: 'creatorName',
  authorId: 'authorName',
  employeeId: 'employeeName',
  visitorId: 'visitorName',
  applicantId: 'applicantName',
};

interface Reference {
  /** Field that holds the id, and those that the name goes to. */
  field: string;
  name: string;
  number?: string;
  /** Reads the names of all records of the kind. */
  select: Sql;
}

const NO_STAGES = raw('[]::Array(String) AS stageIds, []::Array(String) AS stageNames');

/** In the order of the funnel, which shows a stage that is listed twice where it comes first. */
const STAGES = raw(`arraySort(stage -> (stage.1, stage.4),
                             arrayZip(stages.order, stages.id, stages.name, arrayEnumerate(stages.id)))`);

const REFERENCES: readonly Reference[] = [
  {
    field: 'customerId',
    name: 'customerName',
    select: sql`SELECT 'customerId' AS field, id, name, '' AS number, ${NO_STAGES} FROM customer FINAL`,
  },
  {
    field: 'contractId',
    name: 'contractName',
    number: 'contractNumber',
    select: sql`SELECT 'contractId' AS field, id, name, number, ${NO_STAGES} FROM contract FINAL`,
  },
  {
    field: 'opportunityId',
    name: 'opportunityName',
    select: sql`SELECT 'opportunityId' AS field, id, name, '' AS number, ${NO_STAGES} FROM opportunity FINAL`,
  },
  {
    field: 'pipelineId',
    name: 'pipelineName',
    select: sql`SELECT 'pipelineId' AS field, id, name, '' AS number,
                       arrayMap(stage -> stage.2, ${STAGES} AS ordered) AS stageIds,
                       arrayMap(stage -> stage.3, ordered) AS stageNames FROM pipeline FINAL`,
  },
];

interface NameRow {
  field: string;
  id: string;
  name: string;
  number: string;
  stageIds: string[];
  stageNames: string[];
}

/** Adds the names of people, departments, customers, contracts, pipelines and stages; null where unknown. */
export async function withNames(run: Run, rows: readonly RecordRow[], page?: Sql): Promise<RecordRow[]> {
  const [org, names] = await Promise.all([
    run.org(),
    page ? namesOfPage(run, rows, page) : readNames(run, rows),
  ]);
  const nameOf = (field: string, row: RecordRow): NameRow | undefined =>
    names.get(`${field}/${String(row[field])}`);
  return rows.map((row) => {
    const named: RecordRow = { ...row, ...peopleNames(row, org) };
    for (const { field, name, number } of REFERENCES) {
      if (!(field in row)) continue;
      const found = nameOf(field, row);
      named[name] = found?.name ?? null;
      if (number !== undefined) named[number] = found?.number ?? null;
    }
    if ('stageId' in row) named['stageName'] = stageName(nameOf('pipelineId', row), row['stageId']);
    return named;
  });
}

function peopleNames(row: RecordRow, org: Org): RecordRow {
  const names: RecordRow = {};
  for (const [field, name] of Object.entries(PEOPLE)) {
    const id = row[field];
    if (field in row) names[name] = typeof id === 'string' ? org.identityOf(id).employeeName : null;
  }
  const owner = row['ownerId'];
  if ('ownerId' in row) {
    names['departmentName'] = typeof owner === 'string' ? org.identityOf(owner).departmentName : null;
  }
  return names;
}

const stageName = (pipeline: NameRow | undefined, stageId: unknown): string | null =>
  pipeline?.stageNames[pipeline.stageIds.indexOf(String(stageId))] ?? null;

/** Names of a long page of records, whose ids fit no statement, by where they stand: `FROM … WHERE …`. */
async function namesOfPage(
  run: Run,
  rows: readonly RecordRow[],
  page: Sql,
): Promise<ReadonlyMap<string, NameRow>> {
  const held = Object.keys(rows[0] ?? {});
  const statements = REFERENCES.filter(({ field }) => held.includes(field)).map(
    ({ field, select }) =>
      sql`${select} WHERE tenant = ${run.tenant} AND id IN (SELECT ${raw(columnName(field))} ${page})`,
  );
  if (rows.length === 0 || statements.length === 0) return new Map();
  const names = byReference(await run.rows<NameRow>(join(statements, ' UNION ALL ')));
  // Records may have changed since the page was read; what they referred to then is asked for by id.
  const isNamed = (row: RecordRow): boolean =>
    REFERENCES.every(({ field }) => typeof row[field] !== 'string' || names.has(`${field}/${row[field]}`));
  const others = await readNames(
    run,
    rows.filter((row) => !isNamed(row)),
  );
  return new Map([...names, ...others]);
}

const byReference = (rows: readonly NameRow[]): Map<string, NameRow> =>
  new Map(rows.map((row) => [`${row.field}/${row.id}`, row]));

/** Ids that one statement names, in characters: servers and the embedded engine both take this much. */
const MAX_IDS_LENGTH = 48 * 1024;

/** Names by `field/id`, in as few statements as their ids allow. */
async function readNames(run: Run, rows: readonly RecordRow[]): Promise<ReadonlyMap<string, NameRow>> {
  const statements: Sql[][] = [];
  let free = 0;
  for (const { field, select } of REFERENCES) {
    const ids = new Set(rows.map((row) => row[field]).filter((id) => typeof id === 'string'));
    for (const some of groupsOf(ids)) {
      const length = lengthOf(some);
      if (length > free) {
        statements.push([]);
        free = MAX_IDS_LENGTH;
      }
      free -= length;
      statements.at(-1)?.push(sql`${select} WHERE tenant = ${run.tenant} AND id IN ${texts(some)}`);
    }
  }
  const found = await Promise.all(statements.map((parts) => run.rows<NameRow>(join(parts, ' UNION ALL '))));
  return byReference(found.flat());
}

const lengthOf = (ids: readonly string[]): number =>
  ids.reduce((sum, id) => sum + Buffer.byteLength(id) + 3, 0);

/** Ids in groups of at most {@link MAX_IDS_LENGTH}. */
function groupsOf(ids: Iterable<string>): string[][] {
  const groups: string[][] = [];
  let free = 0;
  for (const id of ids) {
    const length = lengthOf([id]);
    if (length > free) {
      groups.push([]);
      free = MAX_IDS_LENGTH;
    }
    free -= length;
    groups.at(-1)?.push(id);
  }
  return groups;
}
