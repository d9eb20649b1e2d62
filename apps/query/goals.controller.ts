/**
 * Goals set by people: each write is a `goal` event like any other, so that every report, board and
 * screen sees it the same way.
 */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query, Req } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { TOPICS, type ChangeLog } from '#change-log';
import { auditEntry, type Actor, type ControlStore } from '#control';
import { checkRecord, recordKey, sequenceOf, type CloudEvent, type Goal } from '#crm';
import { CHANGE_LOG, CONTROL, WAREHOUSE } from '#engines';
import { actorOf, callerOf, Roles, type CallerRequest } from '#guard';
import { badRequest, notFound } from '#platform';
import type { Warehouse } from '#warehouse';
import { Directories } from './directory';
import { validated } from './validated';
import { isIn, visibleTo } from './visible';

class GoalFilter {
  @IsOptional()
  @Matches(/^(19|2[0-2])\d\d$/, { message: 'must be a year between 1900 and 2299' })
  year?: string;

  @IsOptional()
  @IsIn(['contract-amount', 'receivable-amount'])
  metric?: string;

  @IsOptional()
  @IsIn(['department', 'employee'])
  subjectType?: string;

  @IsOptional()
  @Matches(/^[\s\S]{1,64}$/u, { message: 'must have 1 to 64 characters' })
  subjectId?: string;
}

const SOURCE = 'floorboard:goals';

@Controller('v1/goals')
export class GoalsController {
  /** The last sequence given out here: two writes within a microsecond still have an order. */
  private last = 0n;

  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    @Inject(CONTROL) private readonly store: ControlStore,
    private readonly directories: Directories,
  ) {}

  /** Inside the data permission; who manages and does not read sees them all. */
  @Get()
  @Roles('read', 'manage')
  async list(
    @Req() request: CallerRequest,
    @Query() query: Record<string, unknown>,
  ): Promise<{ rows: Goal[] }> {
    const filter = validated(plainToInstance(GoalFilter, query));
    const caller = callerOf(request);
    const { goals, org } = await this.directories.of(caller.tenant);
    const visible = visibleTo(caller, org);
    const rows = [...goals.values()].filter(
      (goal) =>
        isIn(goal.subjectType === 'employee' ? visible.people : visible.departments, goal.subjectId) &&
        (filter.year === undefined || goal.year === Number(filter.year)) &&
        (filter.metric === undefined || goal.metric === filter.metric) &&
        (filter.subjectType === undefined || goal.subjectType === filter.subjectType) &&
        (filter.subjectId === undefined || goal.subjectId === filter.subjectId),
    );
    return { rows: rows.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  /** Answers the goal as published; it is in the reports as soon as the consumers have passed it. */
  @Put(':id')
  @Roles('manage')
  async put(@Req() request: CallerRequest, @Param('id') id: string, @Body() body: unknown): Promise<Goal> {
    const data = goalFrom(id, body);
    await this.publish(actorOf(request), id, 'set', data);
    return data;
  }

  @Delete(':id')
  @Roles('manage')
  @HttpCode(204)
  async delete(@Req() request: CallerRequest, @Param('id') id: string): Promise<void> {
    const { goals } = await this.directories.of(callerOf(request).tenant);
    if (!goals.has(id))
      throw notFound(`There is no goal ${id}.`, [{ parameter: 'id', detail: 'is unknown' }]);
    await this.publish(actorOf(request), id, 'deleted');
  }

  private async publish(actor: Actor, id: string, verb: string, data?: Goal): Promise<void> {
    const { tenant } = actor.caller;
    await this.store.write(auditEntry(actor, `goal.${verb}`, id));
    const event: CloudEvent = {
      specversion: '1.0',
      id: randomUUID(),
      source: SOURCE,
      type: `crm.goal.${verb}`,
      subject: id,
      time: new Date().toISOString(),
      tenantid: tenant,
      sequence: String(await this.nextSequence(tenant, id)),
      datacontenttype: 'application/json',
      ...(data ? { data } : {}),
    };
    await this.log.append(TOPICS.events, [
      {
        key: recordKey(tenant, 'goal', id),
        value: Buffer.from(JSON.stringify(event)),
        headers: { 'content-type': 'application/cloudevents+json' },
      },
    ]);
  }

  /** The greater of the held version + 1 and now in microseconds, so that this write wins. */
  private async nextSequence(tenant: string, id: string): Promise<bigint> {
    const [held] = await this.warehouse.query<{ version: string | null }>(
      `SELECT lower(hex(max(version))) AS version FROM change_events
       WHERE tenant = {tenant:String} AND entity = 'goal' AND id = {id:String} HAVING count() > 0`,
      { tenant, id },
      { tag: { report: 'goals', tenant } },
    );
    const now = BigInt(Date.now()) * 1000n;
    const after = held?.version ? sequenceOf(held.version.padStart(32, '0')) + 1n : 0n;
    this.last = [now, after, this.last + 1n].reduce((a, b) => (a > b ? a : b));
    return this.last;
  }
}

/** The goal that a request body means. @throws ProblemError naming the fields. */
function goalFrom(id: string, body: unknown): Goal {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw badRequest('The body must be a goal as a JSON object.', [
      { pointer: '', detail: 'must be an object' },
    ]);
  }
  const given = body as Record<string, unknown>;
  if (given['id'] !== undefined && given['id'] !== id) {
    throw badRequest('The id in the body is another than in the address.', [
      { pointer: '/id', detail: 'must equal the id in the address' },
    ]);
  }
  const { subjectType, subjectId, year, metric, months, ...rest } = given;
  const unknown = Object.keys(rest).filter((name) => name !== 'id');
  const problems = [
    ...unknown.map((name) => ({ pointer: `/${name}`, detail: 'is unknown' })),
    ...(checkRecord('goal', { id, subjectType, subjectId, year, metric, months }) ?? []).map((problem) => ({
      ...problem,
      pointer: problem.pointer.replace(/^\/data/, ''),
    })),
  ];
  if (problems.length > 0) throw badRequest('The goal is not right.', problems);
  return { id, subjectType, subjectId, year, metric, months } as Goal;
}
