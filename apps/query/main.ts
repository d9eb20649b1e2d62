/** The query app as a process of its own: reports, leaderboards, live streams, goals, the page. */
import { runProcess } from '#engines';
import { connectQuery, translateQueryError } from './connect';
import { QueryModule } from './query.module';

void runProcess({
  app: 'query',
  parts: [{ module: QueryModule, connect: connectQuery }],
  split: true,
  migrate: false,
  translate: translateQueryError,
});
