/** Consumer groups, by which the processes know each other's positions. */
export const FACTS_GROUP = 'floorboard-facts';
export const LEADERBOARDS_GROUP = 'floorboard-leaderboards';
