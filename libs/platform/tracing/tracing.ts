/**
 * Traces by OpenTelemetry: from a request over the log to the sinks. Spans are made through the API package,
 * which does nothing until {@link startTracing} has installed an exporter; and that happens only where
 * TRACES_URL is set, so that a process without it loads none of the SDK.
 */
import { trace } from '@opentelemetry/api';
import type { Settings } from '../settings';

export interface Tracing {
  /** Sends what is left and stops. */
  close(): Promise<void>;
}

/** Exports spans by OTLP over HTTP (JSON). Resolves with null where TRACES_URL is not set. */
export async function startTracing(
  { TRACES_URL, TRACES_SHARE }: Pick<Settings, 'TRACES_URL' | 'TRACES_SHARE'>,
  service: string,
): Promise<Tracing | null> {
  if (TRACES_URL === undefined) return null;
  const [
    { NodeTracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler },
    otlp,
    resources,
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new NodeTracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'floorboard',
    }),
    // Whoever began a trace has decided whether it is kept; the share is of those that begin here.
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(TRACES_SHARE) }),
    spanProcessors: [new BatchSpanProcessor(new otlp.OTLPTraceExporter({ url: TRACES_URL }))],
  });
  provider.register();
  return { close: () => provider.shutdown() };
}

/** Makes Floorboard's spans. */
export const tracer = (): ReturnType<typeof trace.getTracer> => trace.getTracer('floorboard');

/** The ids under which a log line is found beside its span; nothing outside a trace. */
export function activeTrace(): { traceId?: string; spanId?: string } {
  const context = trace.getActiveSpan()?.spanContext();
  return context ? { traceId: context.traceId, spanId: context.spanId } : {};
}
