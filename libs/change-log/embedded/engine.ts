import { Logger } from '@nestjs/common';
import type {
  ChangeLog,
  LogRecord,
  PartitionOffsets,
  StoredRecord,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from '../port';
import { MAX_BATCH_BYTES } from '../limits';
import { Appender } from './appender';
import { Commits } from './commits';
import { readBatch } from './reader';
import { Retention } from './retention';
import { Store, type Partition } from './store';
import { EmbeddedSubscription } from './subscription';

export interface EmbeddedChangeLogOptions {
  /** Folder of the log; made when missing. One process at a time. */
  path: string;
  /** Partitions of a topic that names none (default 4). */
  partitions?: number;
  /** How often expired records are deleted, milliseconds (default 30 s). */
  sweepIntervalMs?: number;
}

/** Opens the log in a folder of this machine. */
export function createEmbeddedChangeLog(options: EmbeddedChangeLogOptions): EmbeddedChangeLog {
  return new EmbeddedChangeLog(options);
}

/** The change log in one process, in LMDB. */
export class EmbeddedChangeLog implements ChangeLog {
  readonly engine = 'embedded';

  private readonly logger = new Logger('EmbeddedChangeLog');
  private readonly store: Store;
  private readonly appender: Appender;
  private readonly commits: Commits;
  private readonly retention: Retention;
  private readonly subscriptions = new Map<string, EmbeddedSubscription>();
  private readonly sweeper: NodeJS.Timeout;
  private readonly heldBack = new Set<Partition>();
  private sweeping: Promise<void> | null = null;
  private closed = false;
  private closing: Promise<void> | null = null;

  constructor({ path, partitions = 4, sweepIntervalMs = 30_000 }: EmbeddedChangeLogOptions) {
    this.store = new Store(path, partitions);
    this.appender = new Appender(this.store);
    this.commits = new Commits(this.store);
    this.retention = new Retention(
      this.store,
      (partition) => this.takenByAll(partition),
      (partition, from) => this.tellHeld(partition, from),
    );
    this.sweeper = setInterval(() => {
      this.sweep().catch((error: unknown) => this.logger.error(String(error)));
    }, sweepIntervalMs).unref();
  }

  async ensureTopics(topics: TopicSpec[]): Promise<void> {
    this.assertOpen();
    await this.store.ensureTopics(topics);
  }

  async append(topic: string, records: LogRecord[]): Promise<void> {
    this.assertOpen();
    if (records.length > 0) await this.appender.append(topic, records);
  }

  /** Rejects when the group already consumes the topic: there is only this process to share it with. */
  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    this.assertOpen();
    const name = JSON.stringify([options.topic, options.group]);
    if (this.subscriptions.has(name)) {
      throw new Error(`group ${options.group} already consumes ${options.topic} in this process`);
    }
    const subscription = new EmbeddedSubscription(this.store, this.commits, options, () =>
      this.subscriptions.delete(name),
    );
    this.subscriptions.set(name, subscription);
    return subscription;
  }

  async offsets(topic: string): Promise<PartitionOffsets[]> {
    this.assertOpen();
    return this.store.topic(topic).partitions.map(({ partition, start, end }) => ({ partition, start, end }));
  }

  async committed(topic: string, group: string): Promise<Map<number, number>> {
    this.assertOpen();
    await this.commits.flush();
    const offsets = new Map<number, number>();
    for (const partition of this.store.topic(topic).partitions) {
      const offset = this.commits.position(group, partition);
      if (offset !== undefined) offsets.set(partition.partition, offset);
    }
    return offsets;
  }

  async read(topic: string, partition: number, offset: number, limit: number): Promise<StoredRecord[]> {
    this.assertOpen();
    const records: StoredRecord[] = [];
    let position = offset;
    while (records.length < limit) {
      const limits = { maxRecords: limit - records.length, maxBytes: MAX_BATCH_BYTES };
      const batch = readBatch(this.store, this.store.partition(topic, partition), position, limits, (error) =>
        this.logger.error(error.message),
      );
      if (!batch) break;
      // Copies: a record that is kept would otherwise keep its whole chunk.
      for (const record of batch.records) records.push({ ...record, value: Buffer.from(record.value) });
      position = batch.next;
    }
    return records;
  }

  async remove(topic: string, isWanted: (record: StoredRecord) => boolean): Promise<number> {
    this.assertOpen();
    // Not beside a sweep, which rewrites chunks too.
    await this.sweeping;
    const removing = this.retention.remove(this.store.topic(topic), isWanted);
    const done = removing.then(
      () => undefined,
      () => undefined,
    );
    this.sweeping = done;
    void done.then(() => {
      if (this.sweeping === done) this.sweeping = null;
    });
    return removing;
  }

  async backup(path: string): Promise<void> {
    this.assertOpen();
    await this.commits.flush();
    await this.store.backup(path);
  }

  /** Writes a group's positions down, backwards too; nothing may consume in that group meanwhile. */
  async setCommitted(topic: string, group: string, offsets: Map<number, number>): Promise<void> {
    this.assertOpen();
    const positions = [...offsets].map(([partition, offset]) => ({
      group,
      partition: this.store.partition(topic, partition),
      offset,
    }));
    await this.store.commit(positions);
  }

  async ping(): Promise<void> {
    this.assertOpen();
    this.store.all();
  }

  /** Deletes what the topics' settings no longer keep; runs by itself every `sweepIntervalMs`. */
  async sweep(): Promise<void> {
    if (this.closed) return;
    this.sweeping ??= this.retention.sweep(Date.now()).finally(() => {
      this.sweeping = null;
    });
    await this.sweeping;
  }

  async close(): Promise<void> {
    this.closing ??= this.shutDown();
    await this.closing;
  }

  /** Up to where every group has come that ever consumed the partition. */
  private takenByAll(partition: Partition): number {
    const groups = this.store.groups(partition);
    for (const { topic, group } of this.subscriptions.values()) {
      if (topic === partition.topic) groups.add(group);
    }
    const positions = [...groups].map((group) => this.commits.position(group, partition) ?? partition.start);
    return Math.min(Infinity, ...positions);
  }

  /** Said once per start: it lasts for as long as a consumer does not come on. */
  private tellHeld(partition: Partition, from: number): void {
    if (this.heldBack.has(partition)) return;
    this.heldBack.add(partition);
    this.logger.warn(
      `${partition.topic}, partition ${partition.partition}: records from ${from} on are kept beyond their retention, for a consumer has not taken them`,
    );
  }

  private async shutDown(): Promise<void> {
    clearInterval(this.sweeper);
    // Handlers under way may still append.
    await Promise.all([...this.subscriptions.values()].map((subscription) => subscription.stop()));
    this.closed = true;
    await this.appender.drain();
    await this.sweeping;
    await this.commits.flush();
    await this.store.close();
  }

  private assertOpen(): void {
    if (this.closed) throw new Error('the change log is closed');
  }
}
