import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { createTicket, type ControlStore } from '#control';
import { CONTROL } from '#engines';
import { callerOf, Roles, type CallerRequest } from '#guard';

/** `POST /v1/tickets`: a link that downloads one file, once, within a minute, as its maker. */
@Controller('v1/tickets')
@Roles('read')
export class TicketsController {
  constructor(@Inject(CONTROL) private readonly store: ControlStore) {}

  @Post()
  create(@Req() request: CallerRequest, @Body() body: unknown): Promise<{ url: string; expiresAt: string }> {
    return createTicket(this.store, callerOf(request), body);
  }
}
