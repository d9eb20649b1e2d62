/** The oracle: worlds, every report over them, and random organisations to compare by. */
export { World, type PlainRecord, type RecordChange } from './world';
export { naiveRecords, naiveReport, REPORT_IDS } from './reports';
export {
  naiveGoals,
  naiveLeaderboard,
  naiveLiveLeaderboard,
  type GoalProgress,
  type LeaderboardAnswer,
  type LeaderboardParams,
} from './leaderboard';
export { BOARD_IDS, type BoardId } from './boards';
export { Forbidden, NotFound } from './errors';
export { permittedPeople, covers, type IdSet } from './scope';
export type { Answer, Cell, ModelCaller, ModelContext, RecordSet, ReportParams, Row } from './question';
export { PRESETS, type Period, type Preset } from './period';
export { Random } from './generate/random';
export {
  randomHistory,
  randomRecords,
  shuffledWithDuplicates,
  type History,
  type HistoryOptions,
} from './generate/history';
export { randomCaller, randomQuestion } from './generate/questions';
