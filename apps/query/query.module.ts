import { Module } from '@nestjs/common';
import type { ChangeLog } from '#change-log';
import type { ControlStore } from '#control';
import { DeadLetterStore } from '#dead-letters';
import { CHANGE_LOG, CONTROL, TENANTS } from '#engines';
import type { Tenants } from '#platform';
import { AuditController } from './access/audit.controller';
import { KeysController } from './access/keys.controller';
import { MeController } from './access/me.controller';
import { ScreenTokensController } from './access/screen-tokens.controller';
import { TicketsController } from './access/tickets.controller';
import { TvController } from './access/tv.controller';
import { BoardVisibility } from './board-visibility';
import { LeaderboardsController } from './boards/leaderboards.controller';
import { LeaderboardsService } from './boards/leaderboards.service';
import { LiveBoards } from './boards/live-boards';
import { DashboardController } from './dashboard/dashboard.controller';
import { MapController } from './dashboard/map.controller';
import { DeadLettersController } from './dead-letters.controller';
import { Directories } from './directory';
import { ExportService } from './export.service';
import { FreshnessReader } from './freshness';
import { Pictures } from './pictures';
import { GoalsController } from './goals.controller';
import { LayoutController } from './layout.controller';
import { ListsController } from './lists.controller';
import { Feed } from './live/feed';
import { LiveHub } from './live/hub';
import { LiveController } from './live/live.controller';
import { LiveTopics } from './live/topics';
import { OpenApiController } from './openapi/openapi.controller';
import { RebuildController } from './rebuild.controller';
import { ReportsController } from './reports.controller';
import { ReportsService } from './reports.service';
import { SettingsController } from './settings.controller';
import { StatusController } from './status.controller';
import { StatusService } from './status.service';

/** Answers questions: reports, leaderboards, live streams. Needs the engines' module beside it. */
@Module({
  controllers: [
    AuditController,
    DeadLettersController,
    DashboardController,
    GoalsController,
    KeysController,
    LayoutController,
    LeaderboardsController,
    ListsController,
    LiveController,
    MapController,
    MeController,
    OpenApiController,
    RebuildController,
    ReportsController,
    ScreenTokensController,
    SettingsController,
    StatusController,
    TicketsController,
    TvController,
  ],
  providers: [
    BoardVisibility,
    {
      provide: DeadLetterStore,
      inject: [CHANGE_LOG, CONTROL, TENANTS],
      useFactory: (log: ChangeLog, control: ControlStore, tenants: Tenants) =>
        new DeadLetterStore(log, control, tenants),
    },
    Directories,
    ExportService,
    Feed,
    FreshnessReader,
    LeaderboardsService,
    LiveBoards,
    LiveHub,
    LiveTopics,
    Pictures,
    ReportsService,
    StatusService,
  ],
  exports: [LiveHub],
})
export class QueryModule {}
