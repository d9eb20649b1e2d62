/** Runs tasks one after another, in the order in which they were asked for. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    // The next task runs whether or not this one failed; its caller sees the failure.
    this.last = result.catch(() => {});
    return result;
  }
}
