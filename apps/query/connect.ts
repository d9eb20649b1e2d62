/** What the query app adds to its Nest application before it listens. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeadLetterStore } from '#dead-letters';
import { LIFECYCLE, LOGGER } from '#engines';
import type { Lifecycle, Logger } from '#platform';
import { LiveHub } from './live/hub';

export { translateQueryError } from './errors';

export function connectQuery(app: NestFastifyApplication): void {
  const hub = app.get(LiveHub);
  // Streams never end by themselves: without this the server would wait for them.
  const lifecycle = app.get<Lifecycle>(LIFECYCLE);
  lifecycle.add('intake', 'live streams', async () => hub.closeAll());
  const letters = app.get(DeadLetterStore);
  letters.follow(app.get<Logger>(LOGGER));
  lifecycle.add('drain', 'dead letters', () => letters.stop());
}
