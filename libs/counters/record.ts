/** What a store holds of one record for ever: its newest version, its state and where its contributions are. */

export interface RecordHead {
  /** 32 hex digits. */
  version: string;
  /** One character or empty. */
  state: string;
  /** Whether the record has been in the feed. */
  fed: boolean;
  /** Latest year its contributions are dated in; 0 when it makes none. They expire as a whole with that year. */
  year: number;
}

const YEAR_AT = 16;
const FLAGS_AT = 18;
const STATE_AT = 19;
const FED = 1;
const MAX_STATE_BYTES = 7;

/** Bytes: version 16, year 2, flags 1 (bit 0 fed, bits 1-3 length of the state), state; `tail` is appended. */
export function encodeHead(head: RecordHead, tail?: Buffer): Buffer {
  const state = head.state === '' ? null : Buffer.from(head.state);
  const length = state?.length ?? 0;
  if (length > MAX_STATE_BYTES) throw new Error(`record state ${head.state}: one character at most`);
  const out = Buffer.allocUnsafe(STATE_AT + length + (tail?.length ?? 0));
  if (out.write(head.version, 0, 16, 'hex') !== 16)
    throw new Error(`record version ${head.version}: 32 hex digits`);
  out.writeUInt16BE(head.year, YEAR_AT);
  out[FLAGS_AT] = (head.fed ? FED : 0) | (length << 1);
  state?.copy(out, STATE_AT);
  tail?.copy(out, STATE_AT + length);
  return out;
}

export function decodeHead(entry: Buffer): RecordHead {
  const flags = entry[FLAGS_AT] ?? 0;
  return {
    version: entry.toString('hex', 0, 16),
    state: flags < 2 ? '' : entry.toString('utf8', STATE_AT, tailAt(entry)),
    fed: (flags & FED) !== 0,
    year: entry.readUInt16BE(YEAR_AT),
  };
}

/** Where the tail begins that was appended to a head. */
export const tailAt = (entry: Buffer): number => STATE_AT + ((entry[FLAGS_AT] ?? 0) >> 1);
