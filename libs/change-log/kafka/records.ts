import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { LogRecord, StoredRecord } from '../port';

export function toMessage({ key, value, headers }: LogRecord): Message {
  return { key, value, headers };
}

/** Writers other than this library may leave the key or the value out: both read as empty. */
export function toStoredRecord(message: KafkaMessage): StoredRecord {
  return {
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key?.toString() ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers: toHeaders(message.headers),
  };
}

/** Of a header given more than once the last one counts. */
function toHeaders(headers: IHeaders | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) result[name] = last.toString();
  }
  return result;
}
