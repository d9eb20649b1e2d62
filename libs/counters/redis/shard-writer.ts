/**
 * Writes to one shard: reads what is held of the records, plans, and commits in chunks, each checked
 * against what was read. A chunk whose ground has moved is read and planned again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Day } from '#calendar';
import type { BoardRegistry } from '../boards';
import { decodeContributions } from '../contribution-codec';
import { isHeldAs, Plan, type Held } from '../planner';
import type { RecordChange } from '../port';
import { decodeHead } from '../record';
import type { RecordRun } from '../runs';
import { packChunk, type ChunkHeader } from './chunk';
import { runScript, runScriptBinary, type RedisClient } from './client';
import { bucketOf, generationPrefix, metaKey, positionsKey, tagOf } from './keys';
import { pack } from './msgpack';

/** Bounds of one call, so that none blocks Redis for 5 ms: measured at half of that, beside other work on the same cores. */
const READ_RECORDS = 250;
const CHUNK_RECORDS = 50;
const CHUNK_OPERATIONS = 1_000;

const MAX_ATTEMPTS = 12;

/** What is common to all chunks of a shard's part of a batch. */
export interface ShardWork {
  shard: number;
  runs: RecordRun[];
  today: (tenant: string) => Day;
  /** Null for writes that are not from the log. */
  position: { partition: number; expected: number; to: number } | null;
  /** Written to every generation although it is not from the log. */
  everywhere?: boolean;
}

export type ShardOutcome = { lost: false; plans: Plan[] } | { lost: true; stored: number | null };

interface Chunk {
  runs: RecordRun[];
  generations: number[];
  plan: Plan;
}

/** What a shard holds of some records, in their order; per generation, the current one first. */
interface Reading {
  generations: number[];
  todays: Map<string, Day>[];
  held: (Held | null)[][];
}

type Settled<T> = { value: T } | { error: unknown };
type Reply = { kind: 'ok' } | { kind: 'conflict' } | { kind: 'lost'; stored: number | null };

export class ShardWriter {
  /** Writes out of the log that each shard has acknowledged: it must never answer with fewer. */
  private readonly repairs = new Map<number, number>();

  constructor(
    private readonly client: RedisClient,
    private readonly boards: BoardRegistry,
  ) {}

  /** Out-of-log writes acknowledged by a shard. */
  repairsOf(shard: number): number {
    return this.repairs.get(shard) ?? 0;
  }

  /**
   * All chunks but the last go out as soon as they are planned; the last one carries the position
   * and follows when the others are acknowledged.
   */
  async write(work: ShardWork): Promise<ShardOutcome> {
    const pending: Promise<Settled<Reply>>[] = [];
    const plans: Plan[] = [];
    let last: Chunk | null = null;
    const send = (chunk: Chunk, final: boolean): Promise<Reply> =>
      this.commit(work, chunk, final).then(({ plan, reply }) => {
        plans.push(plan);
        return reply;
      });
    for await (const chunk of this.chunks(work)) {
      if (chunk === null) {
        await Promise.all(pending);
        return this.lose(work.shard, null);
      }
      if (last) pending.push(settle(send(last, false)));
      last = chunk;
    }
    for (const result of await Promise.all(pending)) {
      if ('error' in result) throw result.error;
      if (result.value.kind === 'lost') return this.lose(work.shard, result.value.stored);
    }
    if (last) {
      const reply = await send(last, true);
      if (reply.kind === 'lost') return this.lose(work.shard, reply.stored);
    }
    return { lost: false, plans };
  }

  /** The newest changes of those runs whose records the current generation does not hold as they say. */
  async mismatches({ shard, runs, today }: Omit<ShardWork, 'position'>): Promise<RecordChange[]> {
    const wrong: RecordChange[] = [];
    for (let at = 0; at < runs.length; at += READ_RECORDS) {
      const slice = runs.slice(at, at + READ_RECORDS);
      const reading = await this.read({ shard, runs, today, position: null }, slice);
      const [held = []] = reading?.held ?? [];
      const [todays] = reading?.todays ?? [];
      slice.forEach(({ tenant, newest }, index) => {
        if (!isHeldAs(held[index] ?? null, newest, todays?.get(tenant) ?? today(tenant))) wrong.push(newest);
      });
    }
    return wrong;
  }

  /** Drops what says that a record ever was. */
  async removeEntry(shard: number, { tenant, digest }: RecordRun): Promise<void> {
    const generations = await this.client.hmget(metaKey(shard), 'current', 'building');
    for (const generation of generations) {
      if (generation === null) continue;
      const prefix = generationPrefix(shard, Number(generation));
      await this.client.hdel(`${prefix}v:${tenant}:${bucketOf(digest)}`, digest);
    }
  }

  private lose(shard: number, stored: number | null): ShardOutcome {
    this.repairs.delete(shard);
    return { lost: true, stored };
  }

  /** Null when the shard was never set up. */
  private async *chunks(work: ShardWork): AsyncGenerator<Chunk | null> {
    const runs = work.runs.length > CHUNK_RECORDS ? byEmployee(work.runs) : work.runs;
    const slices: RecordRun[][] = [];
    for (let i = 0; i < runs.length; i += READ_RECORDS) slices.push(runs.slice(i, i + READ_RECORDS));
    const readings = slices.map((slice) => settle(this.read(work, slice)));
    let chunk: Chunk | null = null;
    for (const [index, slice] of slices.entries()) {
      const result = await readings[index];
      if (!result || 'error' in result) throw result?.error;
      const reading = result.value;
      if (!reading) {
        yield null;
        return;
      }
      for (const [at, run] of slice.entries()) {
        if (chunk && !this.hasRoom(chunk, reading)) {
          yield chunk;
          chunk = null;
        }
        chunk ??= this.emptyChunk(work, reading.generations);
        addTo(chunk, reading, run, at);
      }
    }
    if (chunk) yield chunk;
  }

  private hasRoom(chunk: Chunk, { generations }: Reading): boolean {
    return (
      chunk.runs.length < CHUNK_RECORDS &&
      chunk.plan.operations < CHUNK_OPERATIONS &&
      chunk.generations.join() === generations.join()
    );
  }

  private emptyChunk({ position, everywhere = false }: ShardWork, generations: number[]): Chunk {
    // What is not from the log goes where a rebuild is under way, and unseen; else it repairs.
    const building = generations.length > 1;
    const written = generations.map(
      (_, index) => position !== null || everywhere || index === generations.length - 1,
    );
    const plan = new Plan(this.boards, written, {
      feed: position !== null,
      visible: position !== null || !building,
    });
    return { runs: [], generations, plan };
  }

  private async read(work: ShardWork, runs: RecordRun[]): Promise<Reading | null> {
    const tenants = [...new Set(runs.map(({ tenant }) => tenant))];
    const indexes = new Map(tenants.map((tenant, index) => [tenant, index + 1]));
    const records = runs.flatMap(({ tenant, digest }) => [
      indexes.get(tenant) ?? 0,
      String(bucketOf(digest)),
      digest,
    ]);
    const args = [tagOf(work.shard), pack([tenants, records])];
    const reply = await runScriptBinary(this.client, 'read', [metaKey(work.shard)], args);
    return this.decode(work, runs, tenants, reply as (Buffer | null)[]);
  }

  private decode(
    work: ShardWork,
    runs: RecordRun[],
    tenants: string[],
    reply: (Buffer | null)[],
  ): Reading | null {
    const [current, building] = reply;
    if (!current) return null;
    const generations = [current, ...(building ? [building] : [])].map(Number);
    const reading: Reading = { generations, todays: [], held: [] };
    let at = 2;
    for (let generation = 0; generation < generations.length; generation++) {
      const todays = new Map<string, Day>();
      for (const tenant of tenants) {
        const horizon = reply[at++];
        // A clock that steps back must not bring back what has expired.
        todays.set(tenant, Math.max(work.today(tenant), horizon ? Number(horizon) : -Infinity));
      }
      reading.todays.push(todays);
      reading.held.push(runs.map((run) => this.heldOf(run, reply[at++] ?? null, reply[at++] ?? null)));
    }
    return reading;
  }

  private heldOf(run: RecordRun, head: Buffer | null, contributions: Buffer | null): Held | null {
    if (!head) return null;
    const { version, state, fed, year } = decodeHead(head);
    const needed = contributions && run.newest.version >= version;
    return {
      version,
      state,
      fed,
      year,
      contributions: needed ? decodeContributions(contributions, this.boards) : [],
    };
  }

  /** Sends a chunk until it is applied or refused; the plan returned is the one that was applied. */
  private async commit(work: ShardWork, chunk: Chunk, final: boolean): Promise<{ plan: Plan; reply: Reply }> {
    for (let attempt = 1; ; attempt++) {
      const reply = await this.send(work, chunk, final);
      if (reply.kind !== 'conflict') return { plan: chunk.plan, reply };
      if (attempt === MAX_ATTEMPTS) {
        throw new Error(`counters: shard ${work.shard} was changed under ${attempt} attempts to write it`);
      }
      await delay(Math.random() * 5 * attempt);
      const reading = await this.read(work, chunk.runs);
      if (!reading) return { plan: chunk.plan, reply: { kind: 'lost', stored: null } };
      const again = this.emptyChunk(work, reading.generations);
      chunk.runs.forEach((run, at) => addTo(again, reading, run, at));
      chunk = again;
    }
  }

  private async send({ shard, position }: ShardWork, chunk: Chunk, final: boolean): Promise<Reply> {
    if (chunk.plan.operations === 0 && !(position && final)) return { kind: 'ok' };
    const header: ChunkHeader = {
      repairs: this.repairsOf(shard),
      ...(position && {
        position: {
          partition: String(position.partition),
          expected: position.expected,
          to: final && position.to,
        },
      }),
    };
    const packed = packChunk(shard, chunk.generations, chunk.plan, header, this.boards, Date.now());
    const keys = [metaKey(shard), positionsKey(shard)];
    const [outcome, detail] = (await runScript(this.client, 'commit', keys, [packed])) as [string, unknown];
    if (outcome === 'conflict') return { kind: 'conflict' };
    if (outcome === 'lost') {
      return { kind: 'lost', stored: typeof detail === 'string' ? Number(detail) : null };
    }
    this.repairs.set(shard, Math.max(this.repairsOf(shard), Number(detail)));
    return { kind: 'ok' };
  }
}

function addTo(chunk: Chunk, reading: Reading, run: RecordRun, at: number): void {
  chunk.runs.push(run);
  chunk.plan.add(
    run,
    reading.held.map((held) => held[at] ?? null),
    reading.todays.map((todays) => todays.get(run.tenant) ?? 0),
  );
}

/**
 * Different records may be applied in any order, so those of one employee go together: a chunk then
 * changes few cells, each of them once.
 */
function byEmployee(runs: RecordRun[]): RecordRun[] {
  const groups = new Map<string, RecordRun[]>();
  for (const run of runs) {
    const employee = run.newest.contributions[0]?.employee ?? '';
    const group = groups.get(employee);
    if (group) group.push(run);
    else groups.set(employee, [run]);
  }
  return [...groups.values()].flat();
}

/** A promise that never rejects: its failure is looked at when its turn comes. */
const settle = <T>(promise: Promise<T>): Promise<Settled<T>> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
