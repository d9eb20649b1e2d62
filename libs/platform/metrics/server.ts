/**
 * The operators' port: `/metrics` for Prometheus and `/health/ready` with each dependency by name and error.
 * It has no keys: it listens on the loopback unless METRICS_HOST says otherwise.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from '../health';
import type { Settings } from '../settings';
import type { Metrics } from './metrics';

export interface MetricsServer {
  /** Where it listens. */
  url: string;
  close(): Promise<void>;
}

/** @throws when the address cannot be listened on. */
export async function serveMetrics(
  { METRICS_HOST, METRICS_PORT }: Pick<Settings, 'METRICS_HOST' | 'METRICS_PORT'>,
  metrics: Metrics,
  health: Health,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response, metrics, health).catch((error: unknown) => {
      send(response, 500, 'text/plain; charset=utf-8', `${(error as Error).message}\n`);
    });
  });
  server.requestTimeout = 10_000;
  await listening(server, METRICS_PORT ?? 0, METRICS_HOST);
  const { port } = server.address() as AddressInfo;
  const host = METRICS_HOST.includes(':') ? `[${METRICS_HOST}]` : METRICS_HOST;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  url: string,
  response: ServerResponse,
  { registry }: Metrics,
  health: Health,
): Promise<void> {
  const [path] = url.split('?');
  if (path === '/metrics') {
    send(response, 200, registry.contentType, await registry.metrics());
  } else if (path === '/health/ready') {
    const dependencies = await health.check();
    const ok = dependencies.every((dependency) => dependency.ok);
    const body = { status: ok ? 'ok' : 'unavailable', dependencies };
    send(response, ok ? 200 : 503, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
  } else {
    send(response, 404, 'text/plain; charset=utf-8', 'Here are /metrics and /health/ready.\n');
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
