import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { TENANTS } from '#engines';
import { callerOf, Roles, tenantOf, type CallerRequest } from '#guard';
import type { Tenants } from '#platform';
import { catalogue, CatalogueQuery, isKeyedInOrder, jsonInOrder, parseQuery, type RawQuery } from '#reports';
import { answerFormat, type AnswerFormat } from './answer-format';
import { ExportService } from './export.service';
import { ReportsService, type ReportQuestion } from './reports.service';

/** To be said where the serializer is not the usual one. */
const JSON_TYPE = 'application/json; charset=utf-8';

/** `GET /v1/reports…`: the catalogue, the reports, and the records behind their numbers. */
@Controller('v1/reports')
@Roles('read')
export class ReportsController {
  constructor(
    @Inject(TENANTS) private readonly tenants: Tenants,
    private readonly reports: ReportsService,
    private readonly exports: ExportService,
  ) {}

  @Get()
  list(@Query() query: RawQuery): object {
    return catalogue(parseQuery(CatalogueQuery, query).lang);
  }

  @Get(':id')
  async read(
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Query() query: RawQuery,
  ): Promise<object> {
    const question = this.questionOf(request, id, query);
    const format = formatOf(request, reply, query);
    if (format !== 'json') return this.exports.report({ ...question, format }, reply);
    const answer = await this.reports.run(question);
    // Not before: a serializer would be that of a problem too.
    if (isKeyedInOrder(id)) void reply.type(JSON_TYPE).serializer(jsonInOrder);
    return answer;
  }

  @Get(':id/records')
  records(
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Query() query: RawQuery,
  ): Promise<object> {
    const question = this.questionOf(request, id, query);
    const format = formatOf(request, reply, query);
    return format === 'json'
      ? this.reports.records(question)
      : this.exports.records({ ...question, format }, reply);
  }

  private questionOf(request: CallerRequest, id: string, query: RawQuery): ReportQuestion {
    const caller = callerOf(request);
    return { id, query, caller, tenant: tenantOf(caller, this.tenants) };
  }
}

function formatOf(request: CallerRequest, reply: FastifyReply, query: RawQuery): AnswerFormat {
  void reply.header('vary', 'accept');
  return answerFormat(query, request.headers.accept);
}
