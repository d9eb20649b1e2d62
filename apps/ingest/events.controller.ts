/** `POST /v1/events`: CRM change events in, durable in the log before the answer. */
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { TOPICS, type ChangeLog } from '#change-log';
import { CHANGE_LOG, LOGGER, METRICS, SETTINGS } from '#engines';
import { callerOf, Roles, type CallerRequest } from '#guard';
import { ProblemError, unavailable, type Logger, type Metrics, type Settings } from '#platform';
import { Backlog } from './backlog';
import { takeIn, type Intake, type IntakeLimits, type Rejection } from './intake';
import { IntakeGate } from './intake-gate';

export interface PublishAnswer {
  /** Events that are durable now. */
  accepted: number;
  rejected: Rejection[];
}

@Controller('v1/events')
export class EventsController {
  private readonly limits: IntakeLimits;

  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SETTINGS) settings: Settings,
    private readonly gate: IntakeGate,
    private readonly backlog: Backlog,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.limits = {
      events: settings.INTAKE_MAX_EVENTS,
      eventBytes: settings.INTAKE_MAX_EVENT_BYTES,
      depth: settings.JSON_MAX_DEPTH,
    };
  }

  @Post()
  @Roles('publish')
  @HttpCode(202)
  async publish(@Req() request: CallerRequest): Promise<PublishAnswer> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    this.gate.arrived(request, body.length);
    const { tenant } = callerOf(request);
    const context = { tenant, now: Date.now(), limits: this.limits };
    const intake = takeIn({ headers: request.headers, body }, context);
    await this.keep(intake, request.id);
    const { records, rejected } = intake;
    this.backlog.appended(
      records.length,
      records.reduce((sum, { value }) => sum + value.length, 0),
    );
    this.metrics.accepted.inc(records.length);
    this.metrics.rejected.inc(rejected.length);
    if (records.length === 0 && rejected.length > 0) {
      throw new ProblemError(400, 'Bad request', 'none of the events can be taken', { body: { rejected } });
    }
    return { accepted: records.length, rejected };
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
