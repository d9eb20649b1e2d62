/** A status that its process has not published again for this long is forgotten. */
export const STATUS_SECONDS = 7 * 86_400;
