/** Merges the batches of many partitions into few, larger writes. */
import { FactsBlock, type FactsWriter, type Fact, type RefusedFact } from './facts';

export interface GathererLimits {
  /** Time between the starts of two writes, in which facts gather, milliseconds (default 300). */
  waitMs?: number;
  /** The same while few come (default 750, or `waitMs` where that is given). */
  fewWaitMs?: number;
  /** Facts from which on they are many (default 200). */
  manyFacts?: number;
  /** Facts of one write (default 20,000). */
  maxFacts?: number;
  /** Bytes of one write's rows (default 32 MiB). */
  maxBytes?: number;
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
}

/** Rows of so many bytes are many, however few facts they are of. */
const MANY_BYTES = 512 * 1024;

/** After a quiet time the first write waits only for what arrives together. */
const TOGETHER_MS = 5;

/**
 * What a write costs hardly depends on how few facts it has, so few wait longer than many; either way they are in the
 * reports within the second.
 *
 * One write is under way while the next gathers. When that one is full too, callers wait before
 * their rows are built, so that memory holds at most two writes and what the callers hold anyway.
 */
export class FactsGatherer {
  private readonly waitMs: number;
  private readonly fewWaitMs: number;
  private readonly manyFacts: number;
  private readonly maxFacts: number;
  private readonly maxBytes: number;
  private gathering: Gathering | null = null;
  private writing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  /** When the timer ends. */
  private due = Infinity;
  private lastStart = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly writer: FactsWriter,
    limits: GathererLimits = {},
  ) {
    this.waitMs = limits.waitMs ?? 300;
    this.fewWaitMs = limits.fewWaitMs ?? limits.waitMs ?? 750;
    this.manyFacts = limits.manyFacts ?? 200;
    this.maxFacts = limits.maxFacts ?? 20_000;
    this.maxBytes = limits.maxBytes ?? 32 * 1024 * 1024;
  }

  /** As {@link FactsWriter.write}: settles when the write that holds these facts has. */
  async write(facts: readonly Fact[]): Promise<RefusedFact[]> {
    const { written } = await this.take(facts);
    return written;
  }

  /**
   * Resolves as soon as there is room and the rows are built, so that the facts need not be kept; `written` then
   * settles as {@link write} does.
   */
  async take(facts: readonly Fact[]): Promise<{ written: Promise<RefusedFact[]> }> {
    if (facts.length === 0) return { written: Promise.resolve([]) };
    while (this.isFull()) await new Promise<void>((resolve) => this.queue.push(resolve));
    const written = new Promise<RefusedFact[]>((resolve, reject) => {
      const gathering = (this.gathering ??= { block: new FactsBlock(), callers: [] });
      const from = gathering.block.count;
      gathering.block.add(facts);
      gathering.callers.push({ from, to: gathering.block.count, resolve, reject });
      this.schedule();
    });
    return { written };
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
    return block !== undefined && (block.count >= this.maxFacts || block.size >= this.maxBytes);
  }

  private schedule(): void {
    if (!this.gathering || this.writing) return;
    if (this.isFull()) {
      this.flush();
      return;
    }
    // Not the wall clock: set back by an hour, it would hold the next write for an hour.
    const now = performance.now();
    const { count, size } = this.gathering.block;
    const wait = count < this.manyFacts && size < MANY_BYTES ? this.fewWaitMs : this.waitMs;
    const due = Math.max(now + TOGETHER_MS, this.lastStart + wait);
    if (due >= this.due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.flush(), due - now);
  }

  private flush(): void {
    if (this.writing || !this.gathering) return;
    clearTimeout(this.timer);
    this.due = Infinity;
    this.lastStart = performance.now();
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
