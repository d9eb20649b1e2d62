/** What every app needs around its purpose: settings, tenants, logs, HTTP, health, orderly end. */
export * from './health';
export * from './http';
export * from './lifecycle';
export * from './logging';
export * from './problem';
export { ProblemFilter, sendProblem } from './problem.filter';
export * from './settings';
export * from './tenants';
export * from './validated-body';
