import { Module } from '@nestjs/common';
import { LeaderboardsController } from './boards/leaderboards.controller';
import { LeaderboardsService } from './boards/leaderboards.service';
import { LiveBoards } from './boards/live-boards';
import { Directories } from './directory';
import { ExportService } from './export.service';
import { FreshnessReader } from './freshness';
import { GoalsController } from './goals.controller';
import { Feed } from './live/feed';
import { LiveHub } from './live/hub';
import { LiveController } from './live/live.controller';
import { LiveTopics } from './live/topics';
import { PageController } from './page/page.controller';
import { RebuildController } from './rebuild.controller';
import { ReportsController } from './reports.controller';
import { ReportsService } from './reports.service';
import { StatusController } from './status.controller';
import { StatusService } from './status.service';

/** Answers questions: reports, leaderboards, live streams. Needs the engines' module beside it. */
@Module({
  controllers: [
    GoalsController,
    LeaderboardsController,
    LiveController,
    PageController,
    RebuildController,
    ReportsController,
    StatusController,
  ],
  providers: [
    Directories,
    ExportService,
    Feed,
    FreshnessReader,
    LeaderboardsService,
    LiveBoards,
    LiveHub,
    LiveTopics,
    ReportsService,
    StatusService,
  ],
  exports: [LiveHub],
})
export class QueryModule {}
