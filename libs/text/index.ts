/** What is the same for texts everywhere. */
export * from './order';
