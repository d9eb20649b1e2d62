import { LEADERBOARDS_GROUP } from '#pipeline';

/** Group and transport of this consumer. */
export const LEADERBOARDS = { group: LEADERBOARDS_GROUP, transport: Symbol('leaderboards') } as const;
