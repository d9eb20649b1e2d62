/** Maps every exception to `application/problem+json`, once, without internals. */
import { STATUS_CODES } from 'node:http';
import {
  Catch,
  HttpException,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ProblemError } from './problem';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    /** Problems of libraries that know nothing of HTTP, as ours. */
    private readonly translate: (error: unknown) => ProblemError | null = () => null,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = this.translate(error) ?? asProblem(error);
    if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, 'request failed');
    sendProblem(reply, request.id, problem);
  }
}

/** Answers with a problem; used by the filter and where no exception travels (raw handlers). */
export function sendProblem(reply: FastifyReply, requestId: string, problem: ProblemError): void {
  if (reply.sent) return;
  void reply
    .status(problem.status)
    .headers(problem.extra.headers ?? {})
    .header('content-type', 'application/problem+json')
    .send(problemText(requestId, problem));
}

/** The body of a problem (RFC 9457); `instance` is the request's id. */
export function problemText(requestId: string, { title, status, message, extra }: ProblemError): string {
  const { errors, body } = extra;
  return JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: message,
    instance: requestId,
    ...(errors && errors.length > 0 ? { errors } : {}),
    ...body,
  });
}

/** An error of ours, of Nest or of Fastify as a problem; any other is a 500 that says nothing. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  // Nest's own detail repeats the address, with whatever stands in it.
  if (error instanceof NotFoundException) return fromStatus(404, 'There is nothing at this address.');
  if (error instanceof HttpException) return fromStatus(error.getStatus(), error.message);
  // Fastify's own errors (body limit, media type, malformed JSON) carry a status below 500.
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return fromStatus(status, (error as Error).message);
  }
  return new ProblemError(500, 'Internal server error', 'Something went wrong on our side.');
}

const fromStatus = (status: number, detail: string): ProblemError =>
  new ProblemError(status, STATUS_CODES[status] ?? 'Error', detail);
