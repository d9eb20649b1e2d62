/** Merges the batches of many partitions into few, larger writes. */
import { FactsBlock, type FactsWriter, type Fact, type RefusedFact } from './facts';

export interface GathererLimits {
  /** Longest time a fact waits for company, milliseconds (default 100). */
  waitMs?: number;
  /** Facts of one write (default 20,000). */
  maxFacts?: number;
  /** Length of one write's rows, characters (default 16 Mi). */
  maxSize?: number;
}

interface Caller {
  from: number;
  to: number;
  resolve: (refused: RefusedFact[]) => void;
  reject: (error: unknown) => void;
}

interface Gathering {
  block: FactsBlock;
  callers: Caller[];
  since: number;
}

/**
 * One write is under way while the next gathers. When that one is full too, callers wait before
 * their rows are built, so that memory holds at most two writes and what the callers hold anyway.
 */
export class FactsGatherer {
  private readonly waitMs: number;
  private readonly maxFacts: number;
  private readonly maxSize: number;
  private gathering: Gathering | null = null;
  private writing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly writer: FactsWriter,
    limits: GathererLimits = {},
  ) {
    this.waitMs = limits.waitMs ?? 100;
    this.maxFacts = limits.maxFacts ?? 20_000;
    this.maxSize = limits.maxSize ?? 16 * 1024 * 1024;
  }

  /** As {@link FactsWriter.write}: settles when the write that holds these facts has. */
  async write(facts: readonly Fact[]): Promise<RefusedFact[]> {
    if (facts.length === 0) return [];
    while (this.isFull()) await new Promise<void>((resolve) => this.queue.push(resolve));
    return new Promise((resolve, reject) => {
      const gathering = (this.gathering ??= { block: new FactsBlock(), callers: [], since: Date.now() });
      const from = gathering.block.facts.length;
      gathering.block.add(facts);
      gathering.callers.push({ from, to: gathering.block.facts.length, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when everything given so far has been settled. */
  async drain(): Promise<void> {
    while (this.gathering || this.writing) {
      this.flush();
      await this.writing;
    }
  }

  private isFull(): boolean {
    const block = this.gathering?.block;
    return block !== undefined && (block.facts.length >= this.maxFacts || block.size >= this.maxSize);
  }

  private schedule(): void {
    if (!this.gathering || this.writing) return;
    clearTimeout(this.timer);
    if (this.isFull()) {
      this.flush();
      return;
    }
    const wait = this.gathering.since + this.waitMs - Date.now();
    this.timer = setTimeout(() => this.flush(), Math.max(0, wait));
  }

  private flush(): void {
    if (this.writing || !this.gathering) return;
    clearTimeout(this.timer);
    const { block, callers } = this.gathering;
    this.gathering = null;
    for (const proceed of this.queue.splice(0)) proceed();
    this.writing = this.settle(block, callers).then(() => {
      this.writing = null;
      this.schedule();
    });
  }

  /** Never rejects: the outcome goes to the callers. */
  private async settle(block: FactsBlock, callers: Caller[]): Promise<void> {
    try {
      const refused = await this.writer.writeBlock(block);
      for (const { from, to, resolve } of callers) {
        const own = refused.filter(({ index }) => index >= from && index < to);
        resolve(own.map(({ index, reason }) => ({ index: index - from, reason })));
      }
    } catch (error) {
      for (const { reject } of callers) reject(error);
    }
  }
}
