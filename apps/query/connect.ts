/** What the query app adds to its Nest application before it listens. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LIFECYCLE } from '#engines';
import type { Lifecycle } from '#platform';
import { LiveHub } from './live/hub';

export { translateQueryError } from './errors';

export function connectQuery(app: NestFastifyApplication): void {
  const hub = app.get(LiveHub);
  // Streams never end by themselves: without this the server would wait for them.
  app.get<Lifecycle>(LIFECYCLE).add('intake', 'live streams', async () => hub.closeAll());
}
