/** Runs an import: batches to a sink, progress, and what came of it. */
import type { EntityName } from '#crm';
import { refusedBy, type ImportedEvent, type Importer, type ImportSettings, type Refused } from './importer';
import type { Progress } from './progress';
import type { EventSink } from './sink';

const BATCH_EVENTS = 500;
const BATCH_BYTES = 4 * 1024 * 1024;

export interface EntityCount {
  entity: EntityName;
  /** Records that the files gave. */
  read: number;
  published: number;
  refused: number;
}

export interface ImportSummary {
  entities: EntityCount[];
  refused: Refused[];
}

export interface RunOptions extends ImportSettings {
  progress?: Progress;
  /** Stops between batches. */
  signal?: AbortSignal;
}

/**
 * Publishes everything an importer gives. Bad rows are left out and listed; a sink that cannot go on
 * rejects.
 */
export async function runImport(
  importer: Importer,
  sink: EventSink,
  { progress, signal, ...settings }: RunOptions,
): Promise<ImportSummary> {
  const counts = new Map<EntityName, EntityCount>();
  const refused: Refused[] = [];
  const count = (entity: EntityName): EntityCount => {
    const known = counts.get(entity) ?? { entity, read: 0, published: 0, refused: 0 };
    counts.set(entity, known);
    return known;
  };
  const refuse = (row: Refused): void => {
    if (row.entity) count(row.entity).refused += 1;
    refused.push(row);
  };
  const send = async (batch: ImportedEvent[]): Promise<void> => {
    signal?.throwIfAborted();
    const { rejected } = await sink.publish(batch.map(({ event }) => event));
    for (const { entity } of batch) count(entity).published += 1;
    for (const { index, errors } of rejected) {
      const imported = batch[index];
      if (!imported) continue;
      count(imported.entity).published -= 1;
      refuse(refusedBy(imported, errors));
    }
    progress?.advance(batch.length);
  };

  progress?.start(importer.size);
  try {
    let batch: ImportedEvent[] = [];
    let bytes = 0;
    for (const outcome of importer.outcomes(settings)) {
      if (!outcome.ok) {
        const { entity } = outcome.refused;
        if (entity) count(entity).read += 1;
        refuse(outcome.refused);
        progress?.advance(1);
        continue;
      }
      const { imported } = outcome;
      count(imported.entity).read += 1;
      const size = Buffer.byteLength(JSON.stringify(imported.event));
      if (batch.length === BATCH_EVENTS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
        await send(batch);
        batch = [];
        bytes = 0;
      }
      batch.push(imported);
      bytes += size;
    }
    if (batch.length > 0) await send(batch);
  } finally {
    progress?.stop();
  }
  return { entities: [...counts.values()], refused };
}
