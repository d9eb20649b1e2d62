/**
 * `/tv`: a wall screen. Its token comes once in the address and is swapped at once for a cookie that
 * scripts cannot read; the address that stays has none.
 */
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authority } from '#control';
import { AUTHORITY } from '#engines';
import { Public, setScreenCookie } from '#guard';
import { ProblemError } from '#platform';
import { dashboardPage } from '../dashboard/files';
import { bodyOf, pageHeaders } from '../dashboard/send';
import { Pictures } from '../pictures';

@Controller('tv')
@Public()
export class TvController {
  constructor(
    @Inject(AUTHORITY) private readonly authority: Authority,
    private readonly pictures: Pictures,
  ) {}

  @Get()
  open(
    @Req() request: FastifyRequest,
    @Query() { token, ...rest }: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | string {
    void reply.headers(pageHeaders(this.pictures.hosts));
    if (token === undefined) return bodyOf(dashboardPage(), request, reply);
    const identity = typeof token === 'string' ? this.authority.byToken(token)?.identity : undefined;
    if (typeof token !== 'string' || identity?.kind !== 'screen') {
      throw new ProblemError(401, 'Unauthorized', 'The token is unknown, has ended or was revoked.');
    }
    const secure = request.headers['x-forwarded-proto'] === 'https';
    const query = new URLSearchParams(
      Object.entries(rest).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      ),
    ).toString();
    void reply
      .header('set-cookie', setScreenCookie(token, identity.expiresAt, secure))
      .header('cache-control', 'no-store')
      .status(303)
      .header('location', query === '' ? '/tv' : `/tv?${query}`);
    return '';
  }
}
