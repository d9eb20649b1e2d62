/** `/v1/dead-letters`: what could not be taken of the caller's tenant. */
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { IsOptional, Matches } from 'class-validator';
import type { DeadLetter } from '#dead-letters';
import { DeadLetterStore } from '#dead-letters';
import { actorOf, callerOf, Roles, type CallerRequest } from '#guard';
import { badParameter, badRequest } from '#platform';
import { validated } from './validated';

class PageQuery {
  @IsOptional()
  @Matches(/^\d{1,4}$/, { message: 'must be a whole number from 1 to 1000' })
  limit?: string;

  @IsOptional()
  @Matches(/^\d{1,9}$/, { message: 'must be a whole number' })
  offset?: string;
}

type DeadLetterView = Omit<DeadLetter, 'tenant'>;

@Controller('v1/dead-letters')
@Roles('manage')
export class DeadLettersController {
  constructor(@Inject(DeadLetterStore) private readonly letters: DeadLetterStore) {}

  /** The open ones, newest first. */
  @Get()
  async list(
    @Req() request: CallerRequest,
    @Query() query: Record<string, unknown>,
  ): Promise<{ rows: DeadLetterView[]; page: { offset: number; limit: number; total: number } }> {
    const given = validated(plainToInstance(PageQuery, query));
    const limit = Number(given.limit ?? 50);
    const offset = Number(given.offset ?? 0);
    if (limit < 1 || limit > 1000) throw badParameter('limit', 'must be a whole number from 1 to 1000');
    const { rows, total } = await this.letters.list(callerOf(request).tenant, { offset, limit });
    return { rows: rows.map(viewOf), page: { offset, limit, total } };
  }

  @Get(':id')
  async show(@Req() request: CallerRequest, @Param('id') id: string): Promise<DeadLetterView> {
    return viewOf(await this.letters.get(callerOf(request).tenant, id));
  }

  /**
   * Sends the event again: the one kept, or a corrected one as `event`. 202 when it is durable; what
   * is still wrong is answered 400, with pointers from the event on, and the letter stays.
   */
  @Post(':id/replay')
  @HttpCode(202)
  async replay(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<{ id: string }> {
    await this.letters.replay(actorOf(request), callerOf(request).tenant, id, correctedIn(body));
    return { id };
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Req() request: CallerRequest, @Param('id') id: string): Promise<void> {
    await this.letters.delete(actorOf(request), callerOf(request).tenant, id);
  }
}

const viewOf = ({ tenant: _, ...view }: DeadLetter): DeadLetterView => view;

/** The corrected event of a body: `{"event": …}`, or the event itself; undefined where there is none. */
function correctedIn(body: unknown): unknown {
  if (body === undefined || body === null) return undefined;
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw badRequest('The body must be a JSON object.', [{ pointer: '', detail: 'must be an object' }]);
  }
  if ('specversion' in body) return body;
  const { event, ...rest } = body as Record<string, unknown>;
  const unknown = Object.keys(rest).map((name) => ({ pointer: `/${name}`, detail: 'is unknown' }));
  if (unknown.length > 0) throw badRequest('Only an event may be given.', unknown);
  return event;
}
