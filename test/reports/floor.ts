/** Random worlds in a real warehouse, and questions put to both the reports and the model. */
import type { Permission } from '#access';
import { zoneNamed } from '#calendar';
import { BadParameters, NotFound, type ReportContext } from '#reports';
import { FactsWriter, type Fact, type Warehouse } from '#warehouse';
import { ENTITY_NAMES, tableName } from '#crm';
import { NotFound as ModelNotFound, randomHistory, type History, type ModelContext } from '../model';
import { factOf } from '../support/facts';

export interface Floor extends History {
  tenant: string;
}

/**
 * Writes a random world as a tenant, older and newer versions in parts of their own, so that a report
 * that reads an outdated version is found out.
 */
export async function plantFloor(
  warehouse: Warehouse,
  seed: number,
  options: { timeZone: string; size: number },
): Promise<Floor> {
  const floor = floorOf(seed, options);
  const facts = floor.events.map(factOf);
  const middle = Math.floor(facts.length / 2);
  for (const half of [facts.slice(middle), facts.slice(0, middle)]) await writeFacts(warehouse, half);
  return floor;
}

function floorOf(seed: number, options: { timeZone: string; size: number }): Floor {
  const tenant = `floor-${seed}`;
  return { ...randomHistory(seed, { ...options, tenant }), tenant };
}

async function writeFacts(warehouse: Warehouse, facts: readonly Fact[]): Promise<void> {
  const refused = await new FactsWriter(warehouse).write(facts);
  if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
}

/**
 * Makes an empty table anew with granules of two rows, so that even of a small world the engine reads a period by its
 * order by date, where there is one.
 */
async function shrinkGranules(warehouse: Warehouse, table: string): Promise<void> {
  const [found] = await warehouse.query<{ statement: string }>(
    `SELECT create_table_query AS statement FROM system.tables
     WHERE database = currentDatabase() AND name = {table:String}`,
    { table },
    { tag: { report: 'test', tenant: '' } },
  );
  const [before, after] = (found?.statement ?? '').split('index_granularity = 8192');
  if (after === undefined) throw new Error(`granules of ${table} are not as expected: ${before}`);
  await warehouse.command(`DROP TABLE ${table} SYNC`);
  await warehouse.command(`${before}index_granularity = 2${after}`);
}

/**
 * Writes random worlds so that every table has one merged part with some versions of its records, and
 * parts beside it, which stay unmerged, with older versions of them, newer ones and other records.
 */
export async function plantAroundMainParts(
  warehouse: Warehouse,
  worlds: readonly { seed: number; timeZone: string; size: number }[],
): Promise<Floor[]> {
  const floors = worlds.map(({ seed, ...options }) => floorOf(seed, options));
  const thirds = floors.map(({ events }) => {
    const facts = events.map(factOf);
    const third = Math.floor(facts.length / 3);
    return [facts.slice(third, 2 * third), facts.slice(2 * third), facts.slice(0, third)] as const;
  });
  const tables = ENTITY_NAMES.map(tableName);
  for (const table of tables) await shrinkGranules(warehouse, table);
  for (const [middle] of thirds) await writeFacts(warehouse, middle);
  for (const table of tables) {
    await warehouse.command(`OPTIMIZE TABLE ${table} FINAL`);
    await warehouse.command(`SYSTEM STOP MERGES ${table}`);
  }
  for (const [, newer, older] of thirds) {
    await writeFacts(warehouse, newer);
    await writeFacts(warehouse, older);
  }
  return floors;
}

/** The context of a question as the reports take it. */
export function contextOf(warehouse: Warehouse, tenant: string, model: ModelContext): ReportContext {
  return {
    warehouse,
    tenant: { id: tenant, zone: zoneNamed(model.timeZone) },
    caller: {
      tenant,
      roles: ['read'],
      permission: model.caller.permission satisfies Permission,
      employeeId: model.caller.employeeId,
    },
    now: model.now,
    boardVisibility: model.boardVisibility === 'permission' ? 'permission' : 'everyone',
  };
}

/** Parameters as they come in a query string. */
export const rawQuery = (params: object): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]));

/** An answer, or what is said instead of one. */
export async function outcome(ask: () => unknown): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NotFound || error instanceof ModelNotFound) return { notFound: error.parameter };
    if (error instanceof BadParameters) return { badParameters: error.errors };
    throw error;
  }
}
