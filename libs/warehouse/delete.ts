/** Takes rows out of a stored table for good. */
import type { Warehouse } from './client';
import { storedTable } from './cluster';
import type { Parameters } from './parameters';

/**
 * Resolves when no part in use, of any copy, holds a row under the condition. `DELETE FROM` would only hide such rows,
 * and not from a table's projections: the engine refuses it for tables that have some
 * (`lightweight_mutation_projection_mode`).
 */
export const deleteRows = (
  warehouse: Pick<Warehouse, 'command' | 'place'>,
  table: string,
  condition: string,
  parameters: Parameters,
): Promise<void> =>
  warehouse.command(
    `ALTER TABLE ${storedTable(table, warehouse.place)} DELETE WHERE ${condition}`,
    parameters,
    { mutations_sync: 2 },
  );
