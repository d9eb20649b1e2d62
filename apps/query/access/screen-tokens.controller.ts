import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import {
  createScreenToken,
  listScreenTokens,
  revokeScreenToken,
  type ControlStore,
  type ScreenTokenView,
} from '#control';
import { CONTROL } from '#engines';
import { actorOf, callerOf, Roles, type CallerRequest } from '#guard';

/** `/v1/screen-tokens`: read-only tokens of wall screens. */
@Controller('v1/screen-tokens')
@Roles('manage')
export class ScreenTokensController {
  constructor(@Inject(CONTROL) private readonly store: ControlStore) {}

  @Get()
  list(@Req() request: CallerRequest): { rows: ScreenTokenView[] } {
    return { rows: listScreenTokens(this.store, callerOf(request).tenant) };
  }

  /** Answers the token itself, this once; a screen is opened at `/tv?token=<token>`. */
  @Post()
  create(@Req() request: CallerRequest, @Body() body: unknown): Promise<ScreenTokenView & { token: string }> {
    return createScreenToken(this.store, actorOf(request), body);
  }

  @Delete(':id')
  @HttpCode(204)
  revoke(@Req() request: CallerRequest, @Param('id') id: string): Promise<void> {
    return revokeScreenToken(this.store, actorOf(request), id);
  }
}
