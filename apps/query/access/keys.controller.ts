import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { createKey, listKeys, revokeKey, type ControlStore, type KeyView } from '#control';
import { CONTROL } from '#engines';
import { actorOf, callerOf, Roles, type CallerRequest } from '#guard';

/** `/v1/keys`: the API keys of the caller's tenant. */
@Controller('v1/keys')
@Roles('manage')
export class KeysController {
  constructor(@Inject(CONTROL) private readonly store: ControlStore) {}

  @Get()
  list(@Req() request: CallerRequest): { rows: KeyView[] } {
    return { rows: listKeys(this.store, callerOf(request).tenant) };
  }

  /** Answers the key itself, this once. The first key of all closes an open server. */
  @Post()
  create(@Req() request: CallerRequest, @Body() body: unknown): Promise<KeyView & { key: string }> {
    return createKey(this.store, actorOf(request), body);
  }

  /** From now on the key opens nothing, and its streams end, in every process within a second. */
  @Delete(':id')
  @HttpCode(204)
  revoke(@Req() request: CallerRequest, @Param('id') id: string): Promise<void> {
    return revokeKey(this.store, actorOf(request), id);
  }
}
