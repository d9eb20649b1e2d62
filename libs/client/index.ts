/** Publishing to Floorboard from TypeScript and JavaScript: nothing but `fetch` is needed. */
export * from './client';
export * from './errors';
export * from './events';
export type { Fetch } from './request';
export type * from './records';
