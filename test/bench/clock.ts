/** One clock for all processes of this machine: epoch milliseconds with fractions, never set back within a process. */
export const clock = (): number => performance.timeOrigin + performance.now();
