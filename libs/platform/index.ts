/** What every app needs around its purpose: settings, tenants, logs, HTTP, health, orderly end. */
export { tlsFiles, type SaslMechanism, type TlsFiles } from './engine-access-settings';
export * from './exit-codes';
export * from './health';
export * from './http';
export * from './http-settings';
export * from './json-body';
export * from './lifecycle';
export * from './logging';
export * from './metrics';
export * from './problem';
export { ProblemFilter, sendProblem } from './problem.filter';
export * from './redact';
export * from './settings';
export * from './tenants';
export * from './token-buckets';
export * from './tracing';
export * from './validated-body';
