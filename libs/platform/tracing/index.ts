export * from './http';
export * from './traceparent';
export * from './tracing';
