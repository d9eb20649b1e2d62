/**
 * Orderly end of a process: first no new work comes in, then the work under way is finished and
 * committed, then the engines close.
 */
import type { Logger } from 'pino';
import { watchOverEventLoop } from './watchdog';

export const PHASES = ['intake', 'drain', 'close'] as const;
export type Phase = (typeof PHASES)[number];

/** Longer than this and the process ends anyway: whatever is not committed comes again. */
const DEADLINE_MS = 25_000;

export class Lifecycle {
  private readonly steps: { phase: Phase; name: string; run: () => Promise<void> }[] = [];
  private ending: Promise<void> | null = null;

  constructor(private readonly logger: Logger) {}

  /** Adds a step; the steps of one phase run one after another, the last added first. */
  add(phase: Phase, name: string, run: () => Promise<void>): void {
    this.steps.unshift({ phase, name, run });
  }

  get stopping(): boolean {
    return this.ending !== null;
  }

  /** Runs all steps once; a failing step is logged and does not keep the others from running. */
  stop(): Promise<void> {
    this.ending ??= this.runSteps();
    return this.ending;
  }

  /**
   * Ends the process when it stands still, and on SIGTERM and SIGINT, in order; a second signal ends it at once, and so does an
   * error that nobody caught: what it left half done comes again after a restart.
   */
  handleSignals(): void {
    watchOverEventLoop();
    process.on('uncaughtException', (error) => {
      this.logger.fatal({ err: error }, 'an error nobody caught');
      endAtOnce();
    });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (this.stopping) endAtOnce();
        this.logger.info({ signal }, 'stopping');
        const deadline = setTimeout(() => {
          this.logger.error('did not stop in time');
          endAtOnce();
        }, DEADLINE_MS);
        deadline.unref();
        void this.stop().then(() => process.exit(0));
      });
    }
  }

  /** Something this process cannot recover from: end it so that it is started again. */
  fatal(error: unknown, message: string): void {
    this.logger.fatal({ err: error }, message);
    const deadline = setTimeout(endAtOnce, DEADLINE_MS);
    deadline.unref();
    void this.stop().then(() => process.exit(1));
  }

  private async runSteps(): Promise<void> {
    for (const phase of PHASES) {
      for (const step of this.steps.filter((candidate) => candidate.phase === phase)) {
        try {
          await step.run();
          this.logger.debug({ phase, step: step.name }, 'stopped');
        } catch (error) {
          this.logger.error({ err: error, phase, step: step.name }, 'did not stop cleanly');
        }
      }
    }
  }
}

/**
 * `process.exit` runs what the engines have left to do at exit, and that of an open chDB can wait for its own
 * threads for ever: a process that should end would hang, and hold its data folder.
 */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
