/** All live topics of this process: created when first watched, dropped with the last watcher. */
import { Inject, Injectable } from '@nestjs/common';
import type { Counters, Touched } from '#counters';
import type { Caller } from '#access';
import type { Authority, ControlRecord, ControlStore } from '#control';
import { AUTHORITY, CONTROL, COUNTERS, LOGGER, METRICS, REFUSALS, SETTINGS, TENANTS } from '#engines';
import { tooMany, type Refusals } from '#guard';
import type { Logger, Metrics, Settings, Tenant, Tenants } from '#platform';
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

/** How often it is looked for callers whose time is over. */
const WATCH_MS = 1_000;
/** After which a stream that found no room may be tried again. */
const RETRY_STREAM_S = 5;

@Injectable()
export class LiveHub {
  private readonly entries = new Map<string, Entry>();
  /** Every stream with whoever opened it. */
  private readonly connections = new Map<SseConnection, Caller>();
  private readonly midnights: NodeJS.Timeout[] = [];
  private readonly watchman: NodeJS.Timeout;

  constructor(
    @Inject(COUNTERS) counters: Counters,
    @Inject(TENANTS) tenants: Tenants,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONTROL) control: ControlStore,
    @Inject(AUTHORITY) private readonly authority: Authority,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(REFUSALS) private readonly refusals: Refusals,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    metrics.observe('floorboard_live_streams', 'Live streams that are open.', [], () => [
      { value: this.watchers },
    ]);
    counters.onTouched((touched) => touched.forEach((change) => this.touched(change)));
    control.onRecord((record) => this.heard(record));
    this.watchman = setInterval(() => this.cutInvalid(), WATCH_MS).unref();
    for (const tenant of tenants.all) this.awaitMidnight(tenant);
  }

  get watchers(): number {
    return this.connections.size;
  }

  /** @throws ProblemError 429 when the caller's key, or this process, has as many streams as it may. */
  mustHaveRoom({ identity }: Caller): void {
    const { KEY_STREAMS, MAX_STREAMS } = this.settings;
    let own = 0;
    if (identity?.kind === 'key' || identity?.kind === 'screen') {
      for (const caller of this.connections.values()) if (caller.identity?.id === identity.id) own += 1;
    }
    if (own < KEY_STREAMS && this.connections.size < MAX_STREAMS) return;
    this.refusals.count('streams');
    throw tooMany('There are as many live streams open as may be.', RETRY_STREAM_S);
  }

  /**
   * Opens a connection that shows the given topics to a caller, as long as that one would be let in.
   * `scope` keeps what callers with different rights see apart; `name` is the topic as the client wrote it.
   */
  open(
    connect: (onClose: () => void) => SseConnection,
    caller: Caller,
    topics: { scope: string; name: string; definition: TopicDefinition }[],
  ): SseConnection {
    const joined: { key: string; entry: Entry }[] = [];
    const connection = connect(() => {
      this.connections.delete(connection);
      for (const { key, entry } of joined) this.leave(key, entry, connection);
    });
    this.connections.set(connection, caller);
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
    clearInterval(this.watchman);
    for (const connection of this.connections.keys()) connection.close();
  }

  /** A key or token changed, here or in another process; or how a tenant's boards are to be seen. */
  private heard(record: ControlRecord): void {
    if (record.kind === 'key' || record.kind === 'screen') this.cutInvalid();
    if (record.kind === 'settings') this.refreshAll(record.tenant);
  }

  /** Ends the streams of callers that would not be let in any more: revoked, or ended by the clock. */
  private cutInvalid(): void {
    for (const [connection, caller] of this.connections) {
      if (!this.authority.stillValid(caller)) connection.cut();
    }
  }

  private refreshAll(tenant: string): void {
    for (const { topic, interest } of this.entries.values()) {
      if (interest.tenant === tenant) topic.refresh();
    }
  }

  private create(key: string, name: string, definition: TopicDefinition): Entry {
    const { kind, compute } = definition.source;
    const counted = {
      kind,
      compute: (): Promise<object> => {
        this.metrics.frames.inc({ topic: kind });
        return compute();
      },
    };
    const topic = new LiveTopic(name, counted, (error) =>
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
        this.refreshAll(tenant.id);
        this.awaitMidnight(tenant);
      },
      Math.max(next - Date.now(), 1_000),
    );
    timer.unref();
    this.midnights.push(timer);
  }
}
