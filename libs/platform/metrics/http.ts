/** Every request of a process into {@link Metrics.httpDuration}, by the route that answered it. */
import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics';

/**
 * How long a stream was open says nothing about the server: streams are counted by a gauge of their own.
 * A path that matches no route is `none`, so that strangers' paths never become labels.
 */
export function measureHttp(instance: FastifyInstance, { httpDuration }: Metrics): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const type = reply.raw.getHeader('content-type');
    if (!String(type).startsWith('text/event-stream')) {
      const route = request.routeOptions.url ?? 'none';
      const labels = { method: request.method, route, status: String(reply.statusCode) };
      httpDuration.observe(labels, reply.elapsedTime / 1000);
    }
    done();
  });
}
