/** Who may call which route, and what stops everybody else. */
export * from './caller';
export { screenCookie, setScreenCookie } from './cookie';
export * from './declare';
export { installGuard, type GuardOptions } from './http-guard';
export { openModeRefusal } from './open-mode';
export { Refusals, tooMany, type RefusalReason } from './refusals';
