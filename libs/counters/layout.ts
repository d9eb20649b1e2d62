/** The counters' store was written by a newer release, in a way that this one would misread. */
export class CountersTooNew extends Error {
  constructor(found: number, known: number) {
    super(
      `the store has layout ${found} and this program knows layouts up to ${known}: a newer release has written ` +
        'it; run that release or a later one, or flush it and let the counters be rebuilt from the warehouse',
    );
  }
}
