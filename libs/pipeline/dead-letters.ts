/**
 * Dead letters: what could not be taken, kept with the original bytes and the reason, so that it
 * can be looked at, mended and sent again.
 */
import type { LogRecord, StoredRecord } from '#change-log';
import type { Problem } from '#crm';

/** Headers of a dead letter; `problems` is a JSON list of `{pointer, detail}`. */
export interface DeadLetterHeaders {
  reason: string;
  problems: string;
  'received-at': string;
  /** Where it stood, when it came by the log. */
  'original-topic'?: string;
  'original-partition'?: string;
  'original-offset'?: string;
}

/** The dead letter of a record that a consumer could not take. */
export function deadLetterOf(
  topic: string,
  partition: number,
  record: StoredRecord,
  reason: string,
  problems: Problem[],
): LogRecord {
  const headers: DeadLetterHeaders = {
    reason,
    problems: JSON.stringify(problems),
    'received-at': new Date(record.timestamp).toISOString(),
    'original-topic': topic,
    'original-partition': String(partition),
    'original-offset': String(record.offset),
  };
  return { key: record.key, value: record.value, headers: { ...headers } };
}
