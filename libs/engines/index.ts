/** The engines a process runs on, opened once and handed out by Nest. */
export * from './data-folder';
export * from './engines.module';
export * from './open';
export * from './process';
export * from './tokens';
