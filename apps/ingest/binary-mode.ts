/** CloudEvents in binary mode: the attributes in `ce-` headers, the data as the body. */
import type { Problem } from '#crm';
import type { IncomingHttpHeaders } from 'node:http';

const PREFIX = 'ce-';
const ENCODED = /(?:%[0-9a-fA-F]{2})+/g;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether a request carries an event in binary mode. */
export const isBinaryMode = (headers: IncomingHttpHeaders): boolean =>
  headers['ce-specversion'] !== undefined || headers['ce-type'] !== undefined;

/** The attributes that the headers carry, and what is wrong with their encoding. */
export function attributesOf(headers: IncomingHttpHeaders): {
  attributes: Record<string, string>;
  problems: Problem[];
} {
  // Without a prototype, so that no header can name one of its members.
  const attributes = Object.create(null) as Record<string, string>;
  const problems: Problem[] = [];
  for (const [header, raw] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX) || raw === undefined) continue;
    const name = header.slice(PREFIX.length);
    // The body is the data and its type stands in Content-Type: these two have no header.
    if (name === '' || name === 'data' || name === 'datacontenttype') continue;
    const value = decodeHeader(Array.isArray(raw) ? raw.join(', ') : raw);
    if (value === null) {
      problems.push({ pointer: `/${name}`, detail: `header ${header} is no percent-encoded UTF-8` });
    } else attributes[name] = value;
  }
  return { attributes, problems };
}

/**
 * A header's value as the HTTP binding says: first a double-quoted string is unquoted, then one round
 * of percent-decoding. Null when the bytes are no UTF-8.
 */
function decodeHeader(raw: string): string | null {
  const quoted = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"');
  const value = quoted ? raw.slice(1, -1).replace(/\\(.)/g, '$1') : raw;
  try {
    return value.replace(ENCODED, (run) => utf8.decode(Buffer.from(run.replaceAll('%', ''), 'hex')));
  } catch {
    return null;
  }
}
