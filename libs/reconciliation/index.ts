/** The live counters held against the warehouse, and mended where they differ. */
export * from './reconciler';
export * from './verify';
