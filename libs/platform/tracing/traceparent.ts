/** W3C trace context as events and records of the log carry it. */
import { isSpanContextValid, TraceFlags, type SpanContext } from '@opentelemetry/api';

const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The span that a `traceparent` names; null when it is none, or nobody keeps its trace. */
export function sampledParent(traceparent: unknown): SpanContext | null {
  const [, traceId, spanId, flags] = typeof traceparent === 'string' ? (FORM.exec(traceparent) ?? []) : [];
  if (traceId === undefined || spanId === undefined) return null;
  const traceFlags = parseInt(flags ?? '0', 16);
  const context: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return (traceFlags & TraceFlags.SAMPLED) === 0 || !isSpanContextValid(context) ? null : context;
}

/** The `traceparent` that names a span. */
export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
