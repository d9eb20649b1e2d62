/** Random worlds in a real warehouse, and questions put to both the reports and the model. */
import type { Permission } from '#access';
import { zoneNamed } from '#calendar';
import { BadParameters, NotFound, type ReportContext } from '#reports';
import { FactsWriter, type Warehouse } from '#warehouse';
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
  const tenant = `floor-${seed}`;
  const history = randomHistory(seed, { ...options, tenant });
  const facts = history.events.map(factOf);
  const writer = new FactsWriter(warehouse);
  const middle = Math.floor(facts.length / 2);
  for (const half of [facts.slice(middle), facts.slice(0, middle)]) {
    const refused = await writer.write(half);
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
  }
  return { ...history, tenant };
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
