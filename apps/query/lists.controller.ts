/** The lists that filter bars offer, inside the caller's data permission. */
import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { Pipeline } from '#crm';
import { WAREHOUSE } from '#engines';
import { AnyKey, callerOf, type CallerRequest } from '#guard';
import type { OrgDepartment, OrgEmployee } from '#reports';
import { compareText } from '#text';
import type { Warehouse } from '#warehouse';
import { Directories } from './directory';
import { isIn, visibleTo } from './visible';
import { noParameters } from './validated';

interface Rows<T> {
  rows: T[];
}

type RawQuery = Record<string, unknown>;

@Controller('v1')
@AnyKey()
export class ListsController {
  constructor(
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    private readonly directories: Directories,
  ) {}

  /** Departments that the permission covers; a permission by people covers none. */
  @Get('departments')
  async departments(@Req() request: CallerRequest, @Query() query: RawQuery): Promise<Rows<OrgDepartment>> {
    noParameters(query);
    const caller = callerOf(request);
    const { org } = await this.directories.of(caller.tenant);
    const visible = visibleTo(caller, org).departments;
    const rows = [...org.departments.values()]
      .filter(({ id }) => isIn(visible, id))
      // A parent out of sight is none here: the tree shown starts below it.
      .map(({ id, name, parentId }) => ({
        id,
        name,
        parentId: parentId !== null && isIn(visible, parentId) ? parentId : null,
      }));
    return { rows: byId(rows) };
  }

  @Get('employees')
  async employees(@Req() request: CallerRequest, @Query() query: RawQuery): Promise<Rows<OrgEmployee>> {
    noParameters(query);
    const caller = callerOf(request);
    const { org } = await this.directories.of(caller.tenant);
    const visible = visibleTo(caller, org).people;
    const rows = [...org.employees.values()]
      .filter(({ id }) => isIn(visible, id))
      .map(({ id, name, departmentId, managerId, status }) => ({
        id,
        name,
        departmentId,
        managerId: managerId !== null && isIn(visible, managerId) ? managerId : null,
        status,
      }));
    return { rows: byId(rows) };
  }

  @Get('pipelines')
  async pipelines(
    @Req() request: CallerRequest,
    @Query() query: RawQuery,
  ): Promise<Rows<Pick<Pipeline, 'id' | 'name' | 'enabled' | 'stages'>>> {
    noParameters(query);
    const { tenant } = callerOf(request);
    if (!(await this.seesAnything(request))) return { rows: [] };
    const rows = await this.warehouse.query<PipelineRow>(
      `SELECT id, name, toBool(enabled) AS enabled, \`stages.id\` AS ids, \`stages.name\` AS names,
         \`stages.order\` AS orders
       FROM pipeline FINAL WHERE tenant = {tenant:String} ORDER BY id`,
      { tenant },
      { tag: { report: 'pipelines', tenant } },
    );
    return { rows: rows.map(pipelineOf) };
  }

  @Get('product-categories')
  async categories(
    @Req() request: CallerRequest,
    @Query() query: RawQuery,
  ): Promise<Rows<{ id: string; name: string; parentId: string | null }>> {
    noParameters(query);
    const { tenant } = callerOf(request);
    if (!(await this.seesAnything(request))) return { rows: [] };
    const rows = await this.warehouse.query<{ id: string; name: string; parentId: string | null }>(
      `SELECT id, name, nullIf(parent_id, '') AS parentId
       FROM product_category FINAL WHERE tenant = {tenant:String} ORDER BY id`,
      { tenant },
      { tag: { report: 'product-categories', tenant } },
    );
    return { rows };
  }

  /** Permission fails closed: who may see nobody's numbers needs no filters for them. */
  private async seesAnything(request: CallerRequest): Promise<boolean> {
    const caller = callerOf(request);
    const { org } = await this.directories.of(caller.tenant);
    return visibleTo(caller, org).people?.size !== 0;
  }
}

interface PipelineRow {
  id: string;
  name: string;
  enabled: boolean;
  ids: string[];
  names: string[];
  orders: (number | string)[];
}

function pipelineOf({ id, name, enabled, ids, names, orders }: PipelineRow): Pipeline {
  const stages = ids.map((stage, index) => ({
    id: stage,
    name: names[index] ?? '',
    order: Number(orders[index]),
  }));
  const ordered = stages.sort((a, b) => a.order - b.order || compareText(a.id, b.id));
  return { id, name, enabled, stages: ordered };
}

const byId = <T extends { id: string }>(rows: T[]): T[] => rows.sort((a, b) => compareText(a.id, b.id));
