/** The cookie that a wall screen's browser holds instead of its token's address. */
import type { FastifyRequest } from 'fastify';
import { readToken } from '#access';

const NAME = 'floorboard_screen';
/** As long as browsers keep any cookie. */
const LONGEST_S = 400 * 86_400;

/** The screen token in a request's cookies; a key does not count there. */
export function screenCookie(request: FastifyRequest): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === NAME && value && readToken(value)?.kind === 'fbs') return value;
  }
  return null;
}

/** `Set-Cookie` for a screen's token: out of reach of scripts and of other sites. */
export function setScreenCookie(token: string, expiresAt: number | null, secure: boolean): string {
  const left = expiresAt === null ? LONGEST_S : Math.floor((expiresAt - Date.now()) / 1000);
  const age = Math.max(0, Math.min(left, LONGEST_S));
  return `${NAME}=${token}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
