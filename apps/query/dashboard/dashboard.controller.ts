/** The dashboard: one page for all its screens, and the files it is made of. */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '#guard';
import { notFound } from '#platform';
import { dashboardFile, dashboardPage } from './files';
import { Pictures } from '../pictures';
import { bodyOf, FILE_HEADERS, pageHeaders } from './send';

/** The screens' addresses, as the dashboard's router has them; `/tv` has a controller of its own. */
const SCREENS = ['/', 'reports', 'reports/:id', 'live', 'goals', 'keys', 'settings', 'sign-in'];

@Controller()
@Public()
export class DashboardController {
  constructor(private readonly pictures: Pictures) {}

  @Get(SCREENS)
  page(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    void reply.headers(pageHeaders(this.pictures.hosts));
    return bodyOf(dashboardPage(), request, reply);
  }

  @Get('icon.svg')
  icon(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    void reply.headers({ ...FILE_HEADERS, 'cache-control': 'public, max-age=86400' });
    return this.file('icon.svg', request, reply);
  }

  @Get('assets/:name')
  asset(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer {
    void reply.headers(FILE_HEADERS);
    return this.file(`assets/${name}`, request, reply);
  }

  private file(path: string, request: FastifyRequest, reply: FastifyReply): Buffer {
    const file = dashboardFile(path);
    if (!file) {
      void reply.removeHeader('cache-control');
      throw notFound(`There is no file ${path}.`);
    }
    return bodyOf(file, request, reply);
  }
}
