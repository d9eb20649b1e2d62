/** Bounds of a batch where the subscriber names none: records, and bytes of values. */
export const MAX_BATCH_RECORDS = 5_000;
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;
