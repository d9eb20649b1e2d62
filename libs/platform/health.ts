/** Health: alive, and ready with each dependency by name. */

export interface DependencyHealth {
  name: string;
  ok: boolean;
  /** What is wrong, for the details on the metrics port. */
  error?: string;
}

const CHECK_MS = 2_000;

export class Health {
  private readonly checks = new Map<string, () => Promise<void>>();

  /** Adds a dependency; the check rejects when it cannot be used. */
  add(name: string, check: () => Promise<void>): void {
    this.checks.set(name, check);
  }

  /** Asks every dependency at once; one that does not answer in time is not ready. */
  async check(): Promise<DependencyHealth[]> {
    return Promise.all(
      [...this.checks].map(async ([name, check]) => {
        try {
          await withTimeout(check());
          return { name, ok: true };
        } catch (error) {
          return { name, ok: false, error: (error as Error).message };
        }
      }),
    );
  }
}

async function withTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
