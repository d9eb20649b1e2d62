import { Controller, Get } from '@nestjs/common';
import { Roles } from '#guard';
import { StatusService, type Status } from './status.service';

@Controller('v1/status')
@Roles('read', 'manage')
export class StatusController {
  constructor(private readonly status: StatusService) {}

  @Get()
  read(): Promise<Status> {
    return this.status.read();
  }
}
