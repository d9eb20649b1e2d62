/** Metric declarations: what counts, when, for whom, and how the engines are told. */
export * from './boards';
export * from './contributions';
export * from './decimal';
export * from './sql';
