/** How commands print for scripts. */

/** One outcome, one line: so that `--json` can be read line by line. */
export const jsonLine = (outcome: object): string => `${JSON.stringify(outcome)}\n`;
