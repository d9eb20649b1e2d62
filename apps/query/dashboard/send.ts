/** Sends files of the dashboard, compressed where the browser takes it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DashboardFile } from './files';

/**
 * Nothing from elsewhere but pictures of employees from hosts that a tenant allows, nothing inline: no script, no style element, no style attribute. Charts are drawn
 * on a canvas, their tooltips too; scripts set styles by the object model, which the policy does not concern.
 */
const policy = (imageHosts: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self'", ...imageHosts.map((host) => `https://${host}`)].join(' '),
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export const pageHeaders = (imageHosts: readonly string[]): Record<string, string> => ({
  'cache-control': 'no-cache',
  'content-security-policy': policy(imageHosts),
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'screen-wake-lock=(self), fullscreen=(self), camera=(), microphone=(), geolocation=()',
  'x-content-type-options': 'nosniff',
});

export const FILE_HEADERS = {
  // The name carries a hash of the content.
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
};

/** The body to send; sets the headers that go with it. */
export function bodyOf(
  { type, plain, gzip }: DashboardFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Buffer {
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  void reply.headers({
    'content-type': type,
    vary: 'accept-encoding',
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  });
  return zipped ? gzip : plain;
}
