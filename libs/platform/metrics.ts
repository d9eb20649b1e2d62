/** Numbers of this process for Prometheus, and the port they are read from. */
import { createServer, type Server } from 'node:http';
import type { Health } from './health';
import type { Settings } from './settings';

/** A number that only grows, split by the values of one label. */
export class Counter {
  private readonly values = new Map<string, number>();

  constructor(
    readonly name: string,
    readonly help: string,
    private readonly label: string,
  ) {}

  /** @param value of the label; of a small fixed set, for each is kept for ever. */
  add(value: string, by = 1): void {
    this.values.set(value, this.of(value) + by);
  }

  of(value: string): number {
    return this.values.get(value) ?? 0;
  }

  lines(): string[] {
    return [...this.values].map(
      ([value, count]) => `${this.name}{${this.label}=${JSON.stringify(value)}} ${count}`,
    );
  }
}

export class Metrics {
  private readonly counters: Counter[] = [];
  private readonly gauges: { name: string; help: string; read: () => number }[] = [];

  counter(name: string, help: string, label: string): Counter {
    const counter = new Counter(name, help, label);
    this.counters.push(counter);
    return counter;
  }

  /** A number that is looked up whenever it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.gauges.push({ name, help, read });
  }

  /** In Prometheus' text format. */
  text(): string {
    const lines = [
      ...this.counters.flatMap((counter) => [...headOf(counter, 'counter'), ...counter.lines()]),
      ...this.gauges.flatMap((gauge) => [...headOf(gauge, 'gauge'), `${gauge.name} ${gauge.read()}`]),
    ];
    return `${lines.join('\n')}\n`;
  }
}

const headOf = ({ name, help }: { name: string; help: string }, type: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

/**
 * Serves `/metrics` and `/health/ready` with every dependency by name, without any key: for the loopback
 * or a network of operators. Null when METRICS_PORT is unset.
 */
export async function serveMetrics(
  { METRICS_PORT, METRICS_HOST }: Pick<Settings, 'METRICS_PORT' | 'METRICS_HOST'>,
  metrics: Metrics,
  health: Health,
): Promise<Server | null> {
  if (METRICS_PORT === undefined) return null;
  const answers: Record<string, () => Promise<[type: string, body: string, ok: boolean]>> = {
    '/metrics': async () => ['text/plain; version=0.0.4; charset=utf-8', metrics.text(), true],
    '/health/ready': async () => {
      const dependencies = await health.check();
      return ['application/json', JSON.stringify({ dependencies }), dependencies.every(({ ok }) => ok)];
    },
  };
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' ? answers[request.url ?? ''] : undefined;
    if (!answer) return void response.writeHead(404).end();
    void answer().then(([type, body, ok]) =>
      response.writeHead(ok ? 200 : 503, { 'content-type': type }).end(body),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(METRICS_PORT, METRICS_HOST, resolve);
  });
  return server;
}
