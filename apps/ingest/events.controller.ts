/** `POST /v1/events`: CRM change events in, durable in the log before the answer. */
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { openCaller, type Caller } from '#access';
import { TOPICS, type ChangeLog } from '#change-log';
import { CHANGE_LOG, LOGGER, TENANTS } from '#engines';
import { ProblemError, unavailable, type Logger, type Tenants } from '#platform';
import { takeIn, type Intake, type Rejection } from './intake';
import { IntakeGate } from './intake-gate';

export interface PublishAnswer {
  /** Events that are durable now. */
  accepted: number;
  rejected: Rejection[];
}

@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(TENANTS) private readonly tenants: Tenants,
    private readonly gate: IntakeGate,
  ) {}

  @Post()
  @HttpCode(202)
  async publish(@Req() request: FastifyRequest & { caller?: Caller }): Promise<PublishAnswer> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    this.gate.arrived(request, body.length);
    const { tenant } = request.caller ?? this.openCaller();
    const intake = takeIn({ headers: request.headers, body }, { tenant, now: Date.now() });
    await this.keep(intake, request.id);
    const { records, rejected } = intake;
    if (records.length === 0 && rejected.length > 0) {
      throw new ProblemError(400, 'Bad request', 'none of the events can be taken', { body: { rejected } });
    }
    return { accepted: records.length, rejected };
  }

  /** Without keys there is one tenant to publish for: `default`, or the first there is. */
  private openCaller(): Caller {
    const tenant = this.tenants.get('default') ?? this.tenants.all[0];
    return openCaller(tenant?.id ?? 'default');
  }

  /** Appends what was taken and what was not; both are idempotent for a caller who sends again. */
  private async keep({ records, deadLetters }: Intake, requestId: string): Promise<void> {
    try {
      await Promise.all([
        records.length > 0 && this.log.append(TOPICS.events, records),
        deadLetters.length > 0 && this.log.append(TOPICS.deadLetters, deadLetters),
      ]);
    } catch (error) {
      this.logger.error({ err: error, requestId }, 'the change log does not take events');
      throw unavailable('The change log cannot be written at the moment; send the same request again.');
    }
  }
}
