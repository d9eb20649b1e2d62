/** From records of the log to checked changes: the consumers' edge. */
import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** Records of one turn: some milliseconds, in which nothing else of the process runs. */
const TURN_RECORDS = 250;

/** What a consumer knows that decides about its events. */
export interface DecodeContext {
  knowsTenant: (tenant: string) => boolean;
  /** Epoch milliseconds. */
  now: number;
  isErased?: (change: Change) => boolean;
}

/**
 * As {@link decodeBatch}, a few records at a time: others have their turn in between, and what was made of the
 * records before need not be kept. Waits for `take` each time.
 */
export async function decodeInTurns(
  batch: LogBatch,
  { knowsTenant, now, isErased }: DecodeContext,
  take: (part: { decoded: Decoded[]; rejected: Rejected[] }) => void | Promise<void>,
): Promise<void> {
  for (let at = 0; at < batch.records.length; at += TURN_RECORDS) {
    if (at > 0) await nextTurn();
    const records = batch.records.slice(at, at + TURN_RECORDS);
    await take(decodeBatch({ ...batch, records }, knowsTenant, now, isErased));
  }
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
