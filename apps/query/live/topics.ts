/** From the topics of a request to what they show: parsed and checked before the stream opens. */
import { Inject, Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import type { Caller } from '#access';
import type { Counters } from '#counters';
import { COUNTERS } from '#engines';
import { boardOf, TARGET_METRICS, type TargetMetric } from '#metrics';
import { badParameter, ProblemError, unavailable, type Tenant } from '#platform';
import { Forbidden, mustExist, permittedDepartments, permittedPeople } from '#reports';
import { parseBoardQuery } from '../boards/board-query';
import { LeaderboardsService } from '../boards/leaderboards.service';
import { Directories } from '../directory';
import { FreshnessReader } from '../freshness';
import { ReportsService } from '../reports.service';
import { StatusService } from '../status.service';
import { validated } from '../validated';
import { Feed } from './feed';
import { isIn } from '../visible';
import { liveGoal, type GoalPreset, type GoalQuestion, type GoalSubject } from './goal-topic';
import type { TopicDefinition } from './hub';

/** Topics that show what the warehouse or the consumers say are looked at this often. */
const LOOK_MS = 1_000;
const ID = /^[\s\S]{1,64}$/u;

class GoalParameters {
  @IsOptional()
  @IsIn(['month', 'quarter', 'year'])
  preset?: GoalPreset;

  @IsOptional()
  @IsIn(Object.keys(TARGET_METRICS))
  metric?: TargetMetric;

  @IsOptional()
  @Matches(ID, { message: 'must have 1 to 64 characters' })
  departmentId?: string;

  @IsOptional()
  @Matches(ID, { message: 'must have 1 to 64 characters' })
  employeeId?: string;
}

@Injectable()
export class LiveTopics {
  constructor(
    @Inject(COUNTERS) private readonly counters: Counters,
    private readonly boards: LeaderboardsService,
    private readonly directories: Directories,
    private readonly feed: Feed,
    private readonly status: StatusService,
    private readonly freshness: FreshnessReader,
    private readonly reports: ReportsService,
  ) {}

  /** @throws a problem that names the parameter `topic`, or the topic's own parameter. */
  async define(name: string, caller: Caller, tenant: Tenant): Promise<TopicDefinition> {
    const [path = '', search = ''] = name.split(/\?(.*)/s);
    const query = Object.fromEntries(new URLSearchParams(search));
    if (path.startsWith('leaderboards/')) {
      return this.board(path.slice('leaderboards/'.length), query, caller, tenant);
    }
    switch (path) {
      case 'goals':
        return this.goals(query, caller, tenant);
      case 'feed':
        noParameters(name, query);
        return {
          source: { kind: 'feed', compute: async () => ({ items: await this.feed.newest(caller) }) },
          interest: { tenant: tenant.id, feed: true, references: true },
        };
      case 'status':
        noParameters(name, query);
        if (caller.identity?.kind === 'screen') {
          throw new ProblemError(403, 'Forbidden', 'The status is not for wall screens.');
        }
        return {
          source: { kind: 'status', compute: () => this.status.read(tenant.id) },
          interest: { tenant: tenant.id, everyMs: LOOK_MS },
        };
      case 'freshness':
        // What a wall screen may know of the status: how old its numbers are, and nothing of the tenant's.
        noParameters(name, query);
        return {
          source: { kind: 'freshness', compute: () => this.freshness.ofBoth() },
          interest: { tenant: tenant.id, everyMs: LOOK_MS },
        };
      case 'funnel':
        return {
          source: {
            kind: 'funnel',
            compute: () => this.reports.run({ id: 'dashboard-funnel', query, caller, tenant }),
          },
          interest: { tenant: tenant.id, everyMs: LOOK_MS },
        };
      default:
        throw badParameter(
          'topic',
          `${name} is none: leaderboards/{id}, goals, funnel, feed, freshness and status are`,
        );
    }
  }

  private async board(
    id: string,
    query: Record<string, string>,
    caller: Caller,
    tenant: Tenant,
  ): Promise<TopicDefinition> {
    if (!boardOf(id)) throw badParameter('topic', `leaderboards/${id} is no board`);
    // The period is parsed again at each snapshot: relative presets move on at midnight.
    const parse = (): ReturnType<typeof parseBoardQuery> => parseBoardQuery(query, tenant);
    parse();
    await this.departmentMustExist(caller, query['departmentId']);
    return {
      source: {
        kind: 'leaderboards',
        compute: () => this.boards.withPreviousRanks(caller, tenant, id, parse()),
      },
      interest: { tenant: tenant.id, boards: [id], references: true },
    };
  }

  private async goals(
    query: Record<string, string>,
    caller: Caller,
    tenant: Tenant,
  ): Promise<TopicDefinition> {
    const question = goalQuestion(query, caller);
    await this.mustBePermitted(caller, question.subject);
    const compute = async (): Promise<object> => {
      const progress = await liveGoal(this.counters, await this.directories.of(tenant.id), tenant, question);
      if (!progress) throw unavailable('The live counters are being rebuilt.');
      return progress;
    };
    return {
      source: { kind: 'goals', compute },
      interest: { tenant: tenant.id, boards: [TARGET_METRICS[question.metric]], references: true },
    };
  }

  private async departmentMustExist(caller: Caller, departmentId: string | undefined): Promise<void> {
    if (departmentId === undefined) return;
    const { org } = await this.directories.of(caller.tenant);
    mustExist(caller, org.departments.has(departmentId), 'departmentId');
  }

  /** @throws NotFound for who may see everything, else Forbidden, for what is unknown or out of sight. */
  private async mustBePermitted(caller: Caller, { type, id }: GoalSubject): Promise<void> {
    if (id === undefined) return;
    const { org } = await this.directories.of(caller.tenant);
    const department = type === 'department';
    const known = department ? org.departments : org.employees;
    mustExist(caller, known.has(id), department ? 'departmentId' : 'employeeId');
    const visible = department ? permittedDepartments(caller, org) : permittedPeople(caller, org).ids;
    if (!isIn(visible, id)) throw new Forbidden('These goals are outside the data permission.');
  }
}

function goalQuestion(query: Record<string, string>, caller: Caller): GoalQuestion {
  const {
    preset = 'month',
    metric = 'receivable-amount',
    departmentId,
    employeeId,
  } = validated(plainToInstance(GoalParameters, query));
  if (departmentId !== undefined && employeeId !== undefined) {
    throw badParameter('employeeId', 'cannot stand beside departmentId');
  }
  let subject: GoalSubject = { type: caller.permission === 'all' ? 'company' : 'permitted' };
  if (departmentId !== undefined) subject = { type: 'department', id: departmentId };
  if (employeeId !== undefined) subject = { type: 'employee', id: employeeId };
  return { preset, metric, subject, caller };
}

function noParameters(name: string, query: Record<string, string>): void {
  if (Object.keys(query).length > 0) throw badParameter('topic', `${name} takes no parameters`);
}
