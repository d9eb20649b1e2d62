/** The leaderboards consumer as a process of its own. */
import { runProcess } from '#engines';
import { connectLeaderboards } from './connect';
import { LeaderboardsModule } from './leaderboards.module';

void runProcess({
  app: 'leaderboards',
  parts: [{ module: LeaderboardsModule, connect: connectLeaderboards }],
  split: true,
  migrate: false,
});
