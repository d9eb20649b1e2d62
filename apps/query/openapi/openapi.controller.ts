/** `GET /openapi.json` and `GET /docs`: the API described, as a document and as a page. */
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '#guard';
import { pageHeaders } from '../dashboard/send';
import { openApiDocument } from './document';
import { DOCS_STYLE, docsPage } from './page';

@Controller()
@Public()
export class OpenApiController {
  private readonly headers = pageHeaders([]);
  private readonly document = openApiDocument();
  private readonly page = docsPage(this.document);

  @Get('openapi.json')
  read(): object {
    return this.document;
  }

  @Get('docs')
  docs(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.headers({ ...this.headers, 'content-type': 'text/html; charset=utf-8' });
    return this.page;
  }

  @Get('docs.css')
  style(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.headers({ ...this.headers, 'content-type': 'text/css; charset=utf-8' });
    return DOCS_STYLE;
  }
}
