import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { IsOptional, Matches } from 'class-validator';
import type { ControlStore } from '#control';
import { CONTROL } from '#engines';
import { callerOf, Roles, type CallerRequest } from '#guard';
import { badParameter } from '#platform';
import { validated } from '../validated';

class AuditQuery {
  @IsOptional()
  @Matches(/^\d{1,4}$/, { message: 'must be a whole number from 1 to 1000' })
  limit?: string;

  @IsOptional()
  @Matches(/^\d{1,9}$/, { message: 'must be a whole number' })
  offset?: string;
}

export interface AuditView {
  id: string;
  at: string;
  /** By what the actor was recognised, and which one. */
  actor: { kind: string; id: string; name: string };
  action: string;
  target: string | null;
  requestId: string | null;
}

/** `GET /v1/audit`: what was managed in the caller's tenant, newest first. */
@Controller('v1/audit')
@Roles('manage')
export class AuditController {
  constructor(@Inject(CONTROL) private readonly store: ControlStore) {}

  @Get()
  list(
    @Req() request: CallerRequest,
    @Query() query: Record<string, unknown>,
  ): { rows: AuditView[]; page: { offset: number; limit: number; total: number } } {
    const given = validated(plainToInstance(AuditQuery, query));
    const limit = Number(given.limit ?? 50);
    const offset = Number(given.offset ?? 0);
    if (limit < 1 || limit > 1000) throw badParameter('limit', 'must be a whole number from 1 to 1000');
    const entries = this.store.auditOf(callerOf(request).tenant);
    const rows = entries
      .slice(offset, offset + limit)
      .map(({ id, createdAt, actor, action, target, requestId }) => ({
        id,
        at: new Date(createdAt).toISOString(),
        actor,
        action,
        target,
        requestId,
      }));
    return { rows, page: { offset, limit, total: entries.length } };
  }
}
