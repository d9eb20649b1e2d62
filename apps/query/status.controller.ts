import { Controller, Get } from '@nestjs/common';
import { StatusService, type Status } from './status.service';

@Controller('v1/status')
export class StatusController {
  constructor(private readonly status: StatusService) {}

  @Get()
  read(): Promise<Status> {
    return this.status.read();
  }
}
