import type { KafkaMessage } from 'kafkajs';
import type { BatchSource } from '../partition-loop';
import type { LogBatch, StoredRecord } from '../port';
import { toStoredRecord } from './records';

/** A run of messages as fetched; `next` is the position after it, past what readers never see. */
interface Fetched {
  messages: KafkaMessage[];
  taken: number;
  next: number;
}

export interface BufferLimits {
  maxRecords: number;
  /** Bytes of values. */
  maxBytes: number;
}

/** What a buffer asks of the consumer that fills it. */
export interface BufferOwner {
  pause(partition: number): void;
  resume(partition: number): void;
  /** Fetch from `offset` on next time. */
  seek(partition: number, offset: number): void;
  markHandled(partition: number, offset: number): void;
}

/**
 * What was fetched of one partition and not handed over yet. Fetching is paused while there is a
 * full batch, so memory stays bounded however slow the handler is.
 */
export class PartitionBuffer implements BatchSource {
  private fetched: Fetched[] = [];
  private records = 0;
  private bytes = 0;
  private end = 0;
  /** Position after the last message buffered; null until something was. */
  private fetchPosition: number | null = null;
  private handled: number | null = null;
  private lost = false;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly limits: BufferLimits,
    private readonly owner: BufferOwner,
  ) {}

  /** Takes a non-empty run; `next` is the position after it, `end` the log's end. */
  push(messages: KafkaMessage[], next: number, end: number): void {
    this.fetched.push({ messages, taken: 0, next });
    this.fetchPosition = next;
    this.end = end;
    this.records += messages.length;
    for (const message of messages) this.bytes += message.value?.length ?? 0;
    if (this.isFull()) this.owner.pause(this.partition);
  }

  next(): LogBatch | null {
    const wasFull = this.isFull();
    const records: StoredRecord[] = [];
    let bytes = 0;
    let next = 0;
    for (let run = this.fetched[0]; run; run = this.fetched[0]) {
      const message = run.messages[run.taken]!;
      const size = message.value?.length ?? 0;
      if (records.length === this.limits.maxRecords) break;
      if (records.length > 0 && bytes + size > this.limits.maxBytes) break;
      const record = toStoredRecord(message);
      records.push(record);
      bytes += size;
      run.taken += 1;
      next = record.offset + 1;
      if (run.taken === run.messages.length) {
        next = run.next;
        this.fetched.shift();
      }
    }
    if (records.length === 0) return null;
    this.records -= records.length;
    this.bytes -= bytes;
    if (wasFull && !this.isFull()) this.owner.resume(this.partition);
    return { topic: this.topic, partition: this.partition, records, next, end: Math.max(this.end, next) };
  }

  commit(offset: number): void {
    // Another member owns it now and goes on from what was committed before.
    if (this.lost) return;
    this.handled = offset;
    this.owner.markHandled(this.partition, offset);
  }

  rewind(offset: number): void {
    if (this.lost) return;
    this.fetched = [];
    this.records = 0;
    this.bytes = 0;
    this.fetchPosition = offset;
    this.commit(offset);
    this.owner.seek(this.partition, offset);
    this.owner.resume(this.partition);
  }

  /** The member joined again and still owns the partition: the consumer has forgotten where it was. */
  rejoined(): void {
    if (this.fetchPosition !== null) this.owner.seek(this.partition, this.fetchPosition);
    if (this.handled !== null) this.owner.markHandled(this.partition, this.handled);
    if (this.isFull()) this.owner.pause(this.partition);
    else this.owner.resume(this.partition);
  }

  lose(): void {
    this.lost = true;
    this.fetched = [];
  }

  private isFull(): boolean {
    return this.records >= this.limits.maxRecords || this.bytes >= this.limits.maxBytes;
  }
}
