/** The engines a process runs on, opened once and handed out by Nest. */
export * from './tokens';
