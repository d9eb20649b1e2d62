/** From records of the log to checked changes: the consumers' edge. */
import type { LogBatch, StoredRecord } from '#change-log';
import { checkEvent, type Change, type CloudEvent, type Problem } from '#crm';

export interface Decoded {
  change: Change;
  record: StoredRecord;
}

export interface Rejected {
  record: StoredRecord;
  reason: string;
  problems: Problem[];
}

/**
 * Parses and checks every record of a batch. A bad record is set aside, never thrown: it must not
 * hold up its partition. One of a record that was erased is passed over.
 */
export function decodeBatch(
  batch: LogBatch,
  knowsTenant: (tenant: string) => boolean,
  now: number,
  isErased: (change: Change) => boolean = () => false,
): { decoded: Decoded[]; rejected: Rejected[] } {
  const decoded: Decoded[] = [];
  const rejected: Rejected[] = [];
  const context = { tenant: null, knowsTenant, now };
  for (const record of batch.records) {
    const value = parse(record.value);
    if (value === undefined) {
      rejected.push({ record, reason: 'malformed', problems: [{ pointer: '', detail: 'is no JSON' }] });
      continue;
    }
    const checked = checkEvent(value, context);
    if (checked.ok) {
      if (!isErased(checked.change)) decoded.push({ change: checked.change, record });
    } else rejected.push({ record, reason: 'invalid', problems: checked.problems });
  }
  return { decoded, rejected };
}

function parse(value: Buffer): CloudEvent | undefined {
  try {
    return JSON.parse(value.toString('utf8')) as CloudEvent;
  } catch {
    return undefined;
  }
}
