/**
 * Secrets that callers show: made here, kept only as a digest.
 *
 * A plain SHA-256 is enough for them, unlike for passwords: a secret is 256 random bits, so neither
 * guessing nor a table of digests made ahead can find it, and a slow hash would only slow every request.
 * The id inside the digested text is its salt.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `fb`: API key, `fbs`: token of a wall screen, `fbt`: ticket for one download. */
export type SecretKind = 'fb' | 'fbs' | 'fbt';

export interface Secret {
  id: string;
  /** What the caller shows: `fb_<id>_<secret>`. Never stored. */
  token: string;
  digest: string;
}

const FORM = /^(fb|fbs|fbt)_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;
const NOTHING = digestOf('');

export function createSecret(kind: SecretKind): Secret {
  const id = randomBytes(8).toString('hex');
  const token = `${kind}_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, token, digest: digestOf(token) };
}

/** Kind and id of a token, null when it has not the form of one. */
export function readToken(token: string): { kind: SecretKind; id: string } | null {
  const [, kind, id] = FORM.exec(token) ?? [];
  return kind === undefined || id === undefined ? null : { kind: kind as SecretKind, id };
}

/** What is kept of a token: its SHA-256, base64url. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/**
 * Whether a token is the one a digest was made of. Takes as long for an unknown id (`digest` undefined)
 * as for a wrong secret.
 */
export function matches(token: string, digest: string | undefined): boolean {
  const same = timingSafeEqual(Buffer.from(digestOf(token)), Buffer.from(digest ?? NOTHING));
  return same && digest !== undefined;
}
