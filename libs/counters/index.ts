/** The counters behind the live boards: a port, its two engines, and the choice between them. */
export * from './port';
export { createEmbeddedCounters, type EmbeddedCountersOptions } from './embedded/counters';
export { openCounters, type OpenCountersOptions } from './open';
export { CountersTooNew } from './layout';
export { PositionLost } from './position-lost';
export { byRank, ranked } from './ranking';
export { expiryOf } from './window-expiry';
export { inspectRedis, type RedisFacts } from './redis/inspect';
export { createRedisCounters, type RedisCountersOptions } from './redis/counters';
