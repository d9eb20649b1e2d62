/**
 * Parts of Floorboard in one process, as its apps run them, with what a benchmark wants to know of it:
 * `app facts,leaderboards` on the engines that the environment names.
 */
import { connectFacts } from '../../apps/facts/connect';
import { FactsModule } from '../../apps/facts/facts.module';
import { IngestModule } from '../../apps/ingest/ingest.module';
import { connectLeaderboards } from '../../apps/leaderboards/connect';
import { LeaderboardsModule } from '../../apps/leaderboards/leaderboards.module';
import { connectQuery, translateQueryError } from '../../apps/query/connect';
import { QueryModule } from '../../apps/query/query.module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { METRICS, startProcess, type ProcessPart, type RunningProcess } from '#engines';
import type { Metrics } from '#platform';
import { clock } from './clock';
import { serve } from './worker';

/** A batch in the sink: when, how many records, and the processor time this process had used. */
export interface Handled {
  consumer: string;
  at: number;
  count: number;
  cpuMicros: number;
}

export interface Usage {
  /** Processor time of the whole process so far, microseconds. */
  cpuMicros: number;
  rssBytes: number;
}

const PARTS: Record<string, ProcessPart> = {
  facts: { module: FactsModule, connect: connectFacts },
  leaderboards: { module: LeaderboardsModule, connect: connectLeaderboards },
  ingest: { module: IngestModule, connect: timeRequests },
  query: {
    module: QueryModule,
    connect: (app) => {
      timeRequests(app);
      connectQuery(app);
    },
  },
};

const handled: Handled[] = [];
/** Milliseconds from a request's first byte to its answer's last, by route. */
const requests: { route: string; ms: number }[] = [];
let wake = (): void => undefined;

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

function timeRequests(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      requests.push({ route: request.routeOptions.url ?? '', ms: reply.elapsedTime });
      done();
    });
}

/** Consumers count what they have finished: that moment is noted. */
function noteBatches({ consumed }: Metrics): void {
  const inc = consumed.inc.bind(consumed) as (labels: Record<string, string>, count: number) => void;
  consumed.inc = ((labels: Record<string, string>, count: number): void => {
    handled.push({ consumer: labels['consumer'] ?? '', at: clock(), count, cpuMicros: cpuMicros() });
    inc(labels, count);
    wake();
  }) as typeof consumed.inc;
}

async function until(consumer: string, count: number): Promise<Handled[]> {
  for (;;) {
    const own = handled.filter((batch) => batch.consumer === consumer);
    if (own.reduce((sum, batch) => sum + batch.count, 0) >= count) return own;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

function main(): void {
  const names = (process.argv[2] ?? '').split(',');
  const parts = names.map((name) => {
    const part = PARTS[name];
    if (!part) throw new Error(`no part ${name}`);
    const connect = async (app: NestFastifyApplication): Promise<void> => {
      if (name === names[0]) noteBatches(app.get<Metrics>(METRICS));
      await part.connect?.(app);
    };
    return { ...part, connect };
  });
  const options = { app: 'bench', parts, split: false, migrate: true, translate: translateQueryError };
  let running: RunningProcess | null = null;
  serve(
    {
      start: async () => {
        running ??= await startProcess(options);
        return running.url;
      },
      handled: ({ consumer, count }: { consumer: string; count: number }) => until(consumer, count),
      seen: () => handled,
      requests: () => requests.splice(0),
      usage: (): Usage => ({ cpuMicros: cpuMicros(), rssBytes: process.memoryUsage.rss() }),
    },
    async () => running?.lifecycle.stop(),
  );
}

main();
