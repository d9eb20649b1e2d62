/**
 * The engines with spans around what is written to them and asked of them. Only a process that traces wraps
 * them: without it not even a check stands on the way.
 */
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Link,
  type SpanContext,
} from '@opentelemetry/api';
import type { ChangeLog, LogBatch, LogRecord, SubscribeOptions } from '#change-log';
import type { Counters } from '#counters';
import { sampledParent, traceparentOf, tracer } from '#platform';
import type { Warehouse } from '#warehouse';
import type { Engines } from './open';

/** Of one batch at most: a trace that everything links to tells nothing. */
const MAX_LINKS = 32;

export function tracedEngines({ log, counters, warehouse }: Engines): Engines {
  return {
    log: overlaid(log, tracedLog(log)),
    counters: overlaid(counters, tracedCounters(counters)),
    warehouse: overlaid(warehouse, tracedWarehouse(warehouse)),
  };
}

/** The engine itself, with some of its methods replaced; the others run on it as ever. */
function overlaid<T extends object>(engine: T, replaced: Partial<T>): T {
  return new Proxy(engine, {
    get(target, name) {
      const own = replaced[name as keyof T] ?? target[name as keyof T];
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}

const tracedLog = (log: ChangeLog): Partial<ChangeLog> => ({
  append: (topic, records) => {
    const links = sampledOf(records).slice(0, MAX_LINKS);
    return inSpan(`send ${topic}`, SpanKind.PRODUCER, logAttributes(log, topic, records.length), links, () =>
      log.append(topic, records.map(named)),
    );
  },
  subscribe: (options) => log.subscribe({ ...options, handler: tracedHandler(log, options) }),
});

/** A record that carries no trace of its own goes on with the one it is appended in. */
function named(record: LogRecord): LogRecord {
  const active = trace.getActiveSpan();
  if (record.headers?.['traceparent'] !== undefined || !active?.isRecording()) return record;
  return { ...record, headers: { ...record.headers, traceparent: traceparentOf(active.spanContext()) } };
}

/**
 * A batch holds records of many traces: its span continues the first that is kept, and links to the others.
 * Where none is, there is no span.
 */
function tracedHandler(
  log: ChangeLog,
  { group, topic, handler }: SubscribeOptions,
): SubscribeOptions['handler'] {
  return (batch: LogBatch, given) => {
    const [parent, ...others] = sampledOf(batch.records);
    if (!parent) return handler(batch, given);
    const attributes = {
      ...logAttributes(log, topic, batch.records.length),
      'messaging.consumer.group.name': group,
      'messaging.destination.partition.id': String(batch.partition),
      'messaging.kafka.offset': batch.next - 1,
    };
    const links = others.slice(0, MAX_LINKS);
    return context.with(trace.setSpanContext(context.active(), parent), () =>
      inSpan(`process ${topic}`, SpanKind.CONSUMER, attributes, links, () => handler(batch, given)),
    );
  };
}

/** The traces that records carry and somebody keeps, each once, in their order. */
function sampledOf(records: readonly LogRecord[]): SpanContext[] {
  const found = new Map<string, SpanContext>();
  for (const { headers } of records) {
    const parent = sampledParent(headers?.['traceparent']);
    if (parent && !found.has(parent.traceId)) found.set(parent.traceId, parent);
  }
  return [...found.values()];
}

const logAttributes = ({ engine }: ChangeLog, topic: string, count: number): Attributes => ({
  'messaging.system': engine === 'kafka' ? 'kafka' : 'floorboard',
  'messaging.destination.name': topic,
  'messaging.batch.message_count': count,
});

const tracedCounters = (counters: Counters): Partial<Counters> => ({
  apply: (batch) => {
    const attributes = {
      'db.system.name': counters.engine === 'redis' ? 'redis' : 'floorboard',
      'db.operation.batch.size': batch.changes.length,
    };
    return inSpan('apply counters', SpanKind.CLIENT, attributes, [], () => counters.apply(batch));
  },
});

const tracedWarehouse = (warehouse: Warehouse): Partial<Warehouse> => ({
  insert: (table, columns, rows, format) =>
    inSpan(
      `INSERT ${table}`,
      SpanKind.CLIENT,
      { 'db.system.name': 'clickhouse', 'db.collection.name': table },
      [],
      () => warehouse.insert(table, columns, rows, format),
    ),
  query: (sql, parameters, options) => {
    const { report, tenant } = options.tag;
    const attributes = {
      'db.system.name': 'clickhouse',
      'floorboard.report': report,
      'floorboard.tenant': tenant,
    };
    return inSpan('SELECT', SpanKind.CLIENT, attributes, [], () => warehouse.query(sql, parameters, options));
  },
});

/** Work inside a span of its own; a trace that nobody keeps costs a look. */
async function inSpan<T>(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  linked: readonly SpanContext[],
  work: () => Promise<T>,
): Promise<T> {
  const links: Link[] = linked.map((each) => ({ context: each }));
  return tracer().startActiveSpan(name, { kind, attributes, links }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}
