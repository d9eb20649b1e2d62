/** A span for every request, inside the trace that its headers name. */
import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tracer } from './tracing';

const spans = new WeakMap<FastifyRequest, Span>();

/** What runs for a request runs inside its span. Names are those of routes: paths hold ids. */
export function traceHttp(instance: FastifyInstance): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    const from = propagation.extract(context.active(), request.headers);
    const span = tracer().startSpan(
      `${method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          'http.route': route,
          'floorboard.request_id': request.id,
        },
      },
      from,
    );
    spans.set(request, span);
    context.with(trace.setSpan(from, span), done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}
