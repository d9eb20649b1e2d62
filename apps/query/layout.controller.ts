import { Body, Controller, Get, Inject, Put, Req } from '@nestjs/common';
import { changeLayout, layoutOf, type ControlStore, type Layout } from '#control';
import { CONTROL } from '#engines';
import { AnyKey, callerOf, type CallerRequest } from '#guard';

/** `/v1/layout`: how the caller has arranged the pages. */
@Controller('v1/layout')
@AnyKey()
export class LayoutController {
  constructor(@Inject(CONTROL) private readonly store: ControlStore) {}

  @Get()
  read(@Req() request: CallerRequest): Layout {
    return layoutOf(this.store, callerOf(request));
  }

  @Put()
  change(@Req() request: CallerRequest, @Body() body: unknown): Promise<Layout> {
    return changeLayout(this.store, callerOf(request), body);
  }
}
