import { Controller, Get, Req } from '@nestjs/common';
import { callerOf, Roles, type CallerRequest } from '#guard';
import { StatusService, type Status } from './status.service';

@Controller('v1/status')
@Roles('read', 'manage')
export class StatusController {
  constructor(private readonly status: StatusService) {}

  @Get()
  read(@Req() request: CallerRequest): Promise<Status> {
    return this.status.read(callerOf(request).tenant);
  }
}
