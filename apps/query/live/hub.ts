/** All live topics of this process: created when first watched, dropped with the last watcher. */
import { Inject, Injectable } from '@nestjs/common';
import type { Counters, Touched } from '#counters';
import { COUNTERS, LOGGER, TENANTS } from '#engines';
import type { Logger, Tenant, Tenants } from '#platform';
import { SseConnection } from './sse';
import { LiveTopic, type TopicSource } from './topic';

/** What may make a topic's snapshot change. */
export interface TopicInterest {
  tenant: string;
  /** Boards whose cells it shows. */
  boards?: readonly string[];
  /** It shows names, trees or targets. */
  references?: boolean;
  feed?: boolean;
  /** It shows what the warehouse says, or the consumers' positions: looked at every interval. */
  everyMs?: number;
}

export interface TopicDefinition {
  source: TopicSource;
  interest: TopicInterest;
}

interface Entry extends TopicDefinition {
  topic: LiveTopic;
  timer: NodeJS.Timeout | undefined;
}

@Injectable()
export class LiveHub {
  private readonly entries = new Map<string, Entry>();
  private readonly connections = new Set<SseConnection>();
  private readonly midnights: NodeJS.Timeout[] = [];

  constructor(
    @Inject(COUNTERS) counters: Counters,
    @Inject(TENANTS) tenants: Tenants,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    counters.onTouched((touched) => touched.forEach((change) => this.touched(change)));
    for (const tenant of tenants.all) this.awaitMidnight(tenant);
  }

  get watchers(): number {
    return this.connections.size;
  }

  /**
   * Opens a connection that shows the given topics. `scope` keeps what callers with different rights
   * see apart; `name` is the topic as the client wrote it.
   */
  open(
    connect: (onClose: () => void) => SseConnection,
    topics: { scope: string; name: string; definition: TopicDefinition }[],
  ): SseConnection {
    const joined: { key: string; entry: Entry }[] = [];
    const connection = connect(() => {
      this.connections.delete(connection);
      for (const { key, entry } of joined) this.leave(key, entry, connection);
    });
    this.connections.add(connection);
    for (const { scope, name, definition } of topics) {
      const key = `${scope}\0${name}`;
      const entry = this.entries.get(key) ?? this.create(key, name, definition);
      joined.push({ key, entry });
      entry.topic.join(connection);
    }
    return connection;
  }

  /** Ends every stream: the server stops. */
  closeAll(): void {
    this.midnights.forEach(clearTimeout);
    for (const connection of this.connections) connection.close();
  }

  private create(key: string, name: string, definition: TopicDefinition): Entry {
    const topic = new LiveTopic(name, definition.source, (error) =>
      this.logger.warn({ err: error, topic: name }, 'a live topic could not be computed'),
    );
    const { everyMs } = definition.interest;
    const timer = everyMs === undefined ? undefined : setInterval(() => topic.refresh(), everyMs);
    const entry = { ...definition, topic, timer };
    this.entries.set(key, entry);
    return entry;
  }

  private leave(key: string, entry: Entry, connection: SseConnection): void {
    entry.topic.leave(connection);
    if (entry.topic.watched) return;
    clearInterval(entry.timer);
    this.entries.delete(key);
  }

  private touched({ tenant, boards, references, feed }: Touched): void {
    for (const { topic, interest } of this.entries.values()) {
      if (interest.tenant !== tenant) continue;
      const concerned =
        (interest.boards?.some((board) => boards.includes(board)) ?? false) ||
        (interest.references === true && references.length > 0) ||
        (interest.feed === true && feed);
      if (concerned) topic.refresh();
    }
  }

  /** Relative presets mean other days from midnight on, without any event. */
  private awaitMidnight(tenant: Tenant): void {
    const next = tenant.zone.startOf(tenant.zone.dayAt(Date.now()) + 1);
    // A timer holds 24.8 days at most and may fire early by a clock step: it looks again when it fires.
    const timer = setTimeout(
      () => {
        this.midnights.splice(this.midnights.indexOf(timer), 1);
        for (const { topic, interest } of this.entries.values()) {
          if (interest.tenant === tenant.id) topic.refresh();
        }
        this.awaitMidnight(tenant);
      },
      Math.max(next - Date.now(), 1_000),
    );
    timer.unref();
    this.midnights.push(timer);
  }
}
