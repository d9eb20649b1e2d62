/**
 * What a request has to look like while there is no key: from this machine, by its own name, and not by
 * way of a page of another site or a proxy that would let in others.
 */
import type { IncomingHttpHeaders } from 'node:http';

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Why a request is refused in open mode, or null when it is not. */
export function openModeRefusal(headers: IncomingHttpHeaders): string | null {
  const { host, origin } = headers;
  // A name that resolves to the loopback is how pages of other sites reach it (DNS rebinding).
  if (host === undefined || !LOCAL_HOST.test(host)) return 'Host must be localhost, 127.0.0.1 or [::1]';
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return 'Origin must be this server';
  }
  const forwarded = Object.keys(headers).find(
    (name) => name === 'forwarded' || name.startsWith('x-forwarded-'),
  );
  return forwarded === undefined ? null : `${forwarded} must be absent`;
}
