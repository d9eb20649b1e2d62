/** From the acceptance of an event to the frame that shows it, and to the report that does; 2,000 events a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS } from '#change-log';
import { openCounterStore, openLog } from '#engines';
import { openWarehouse } from '#warehouse';
import type { Usage } from './app';
import { Ground } from './engines';
import { checkCounters } from './expected';
import { below, figureOf, percentile, shown, type Context, type Figure } from './figures';
import type { Probe, Streamed } from './stream';
import type { Sight } from './viewers';
import { Worker } from './worker';

type Engines = 'embedded' | 'servers';

const EVENTS_PER_SECOND = 2_000;
const REQUESTS_PER_SECOND = 100;
const VIEWERS = 100;
const IDLE_VIEWERS = 1_000;
/** A broker and five Node processes compile what they run during the first seconds. */
const WARM_UP_S = 8;
/** Frames are judged while nobody asks for reports, then reports while somebody does, ten times a second. */
const FRAMES_S = { quick: 8, whole: 20 };
const REPORTS_S = { quick: 6, whole: 15 };
const TOPICS_WATCHED = [
  'leaderboards/rank-new-contacts?preset=today&limit=50',
  'leaderboards/rank-contract-amount?preset=month&limit=10',
];
const REPORT = '/v1/reports/rank-new-contacts?preset=today';

export const liveEmbedded = (context: Context): Promise<Figure[]> => live('embedded', context);
export const liveServers = (context: Context): Promise<Figure[]> => live('servers', context);

/** All parts in one process, or each in its own. */
const SPLIT: Record<Engines, string[]> = {
  embedded: ['facts,leaderboards,ingest,query'],
  servers: ['facts', 'leaderboards', 'ingest', 'query'],
};

async function live(engines: Engines, { quick, seed, say }: Context): Promise<Figure[]> {
  const ground = await Ground.of(engines === 'servers' ? ['kafka', 'redis', 'clickhouse'] : []);
  try {
    const apps: Worker[] = [];
    const urls: string[] = [];
    for (const parts of SPLIT[engines]) {
      const app = Worker.start('app', [parts], ground.env);
      apps.push(app);
      urls.push(await app.ask<string>('start'));
    }
    const [url, ingestUrl] = [urls.at(-1) ?? '', urls.at(engines === 'servers' ? 2 : 0) ?? ''];
    const viewers = Worker.start('viewers', []);
    const memory = await memoryPerViewer(apps.at(-1), viewers, url);
    say(`${shown(memory)} KB a viewer`);
    const length = quick ? 'quick' : 'whole';
    const framesUntil = WARM_UP_S + FRAMES_S[length];
    const seconds = framesUntil + REPORTS_S[length];
    await viewers.ask('watch', {
      ...{ url, viewers: VIEWERS, topics: TOPICS_WATCHED },
      ...{ report: REPORT, reportEveryMs: 100, reportAfterMs: framesUntil * 1000 },
    });
    const stream = Worker.start('stream', []);
    const shape = { eventsPerSecond: EVENTS_PER_SECOND, requestsPerSecond: REQUESTS_PER_SECOND, seconds };
    const sent = await stream.ask<Streamed>('run', { url: ingestUrl, seed, ...shape });
    await stream.stop();
    await settled(url, sent.sent);
    // The last frame and the last report.
    await sleep(2_000);
    const seen = await viewers.ask<{ sights: Sight[][]; reported: Sight[]; frames: number }>('leave');
    await viewers.stop();
    for (const app of apps.reverse()) await app.stop();
    await checkAll(ground, sent);
    const sights = seen.sights.flatMap((ofViewer) => delays(sent.probes, ofViewer));
    const frames = during(sights, WARM_UP_S, framesUntil);
    // The first answer shows all that was there before anybody asked.
    const askedFrom = framesUntil + 1;
    say(`${frames.length} sights`);
    return figuresOf(engines, {
      frames,
      framesBesideReports: during(sights, askedFrom, seconds),
      reports: during(delays(sent.probes, seen.reported), askedFrom, seconds),
      memory,
      framesPerViewer: seen.frames / VIEWERS / seconds,
    });
  } finally {
    await ground.stop();
  }
}

interface Delay {
  /** When the probe was due, seconds since the stream began. */
  due: number;
  sinceDue: number;
  sinceAccepted: number;
}

function figuresOf(
  engines: Engines,
  found: {
    frames: Delay[];
    framesBesideReports: Delay[];
    reports: Delay[];
    memory: number;
    framesPerViewer: number;
  },
): Figure[] {
  const most = engines === 'embedded' ? 250 : 500;
  const name = engines === 'embedded' ? 'embedded' : 'Kafka, Redis, ClickHouse';
  const p99 = (delays: readonly Delay[], of: keyof Delay): number =>
    percentile(
      delays.map((delay) => delay[of]),
      0.99,
    );
  const p50 = (delays: readonly Delay[]): string =>
    shown(
      percentile(
        delays.map(({ sinceAccepted }) => sinceAccepted),
        0.5,
      ),
    );
  const { frames, framesBesideReports, reports } = found;
  return [
    figureOf(`live: accepted → frame, p99, ${name}`, 'ms', [p99(frames, 'sinceAccepted')], {
      bar: below(most),
      note: `${VIEWERS} viewers, ${EVENTS_PER_SECOND} events/s; p50 ${p50(frames)} ms; since the moment it was due to be sent, p99 ${shown(p99(frames, 'sinceDue'))} ms; while a report is asked ten times a second, p99 ${shown(p99(framesBesideReports, 'sinceAccepted'))} ms; ${shown(found.framesPerViewer)} frames a second and viewer`,
    }),
    figureOf(`live: accepted → in the reports, p99, ${name}`, 'ms', [p99(reports, 'sinceAccepted')], {
      bar: below(1_000),
      note: `p50 ${p50(reports)} ms; asked every 100 ms, which is in it`,
    }),
    figureOf(`live: memory of a connected viewer, ${name}`, 'KB', [found.memory]),
  ];
}

/** Those of probes that were due in a time, seconds since the stream began. */
const during = (found: readonly Delay[], from: number, to: number): Delay[] =>
  found.filter(({ due }) => due >= from && due < to);

/** Of every probe. @throws when one was never seen. */
function delays(probes: readonly Probe[], sights: readonly Sight[]): Delay[] {
  const byPerson = new Map<string, Sight[]>();
  for (const sight of sights) byPerson.set(sight.person, [...(byPerson.get(sight.person) ?? []), sight]);
  const start = probes[0]?.due ?? 0;
  return probes.map(({ person, ordinal, due, accepted }) => {
    const first = byPerson.get(person)?.find(({ count }) => count >= ordinal);
    if (!first) throw new Error(`probe ${ordinal} of ${person} was never seen`);
    return { due: (due - start) / 1000, sinceDue: first.at - due, sinceAccepted: first.at - accepted };
  });
}

/** Kilobytes of the serving process that each of many quiet streams takes. */
async function memoryPerViewer(app: Worker | undefined, viewers: Worker, url: string): Promise<number> {
  if (!app) return NaN;
  const watching = (count: number): object => ({
    ...{ url, viewers: count, topics: TOPICS_WATCHED },
    ...{ report: '', reportEveryMs: 0, reportAfterMs: 0 },
  });
  await viewers.ask('watch', watching(100));
  await viewers.ask('leave');
  const before = (await app.ask<Usage>('usage')).rssBytes;
  await viewers.ask('watch', watching(IDLE_VIEWERS));
  const after = (await app.ask<Usage>('usage')).rssBytes;
  await viewers.ask('leave');
  return (after - before) / IDLE_VIEWERS / 1024;
}

/** Waits until both consumers have taken everything. */
async function settled(url: string, sent: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const status = (await (await fetch(`${url}/v1/status`)).json()) as {
      consumers: { lagEvents: number; lagMs: number | null }[];
    };
    if (status.consumers.every(({ lagEvents, lagMs }) => lagEvents === 0 && lagMs !== null && lagMs < 1_000))
      return;
    if (Date.now() > deadline)
      throw new Error(`${sent} events were not taken in time: ${JSON.stringify(status)}`);
    await sleep(100);
  }
}

async function checkAll(ground: Ground, { latest, sent, probes }: Streamed): Promise<void> {
  const log = await openLog(ground.settings);
  const kept = (await log.offsets(TOPICS.events)).reduce((sum, { end }) => sum + end, 0);
  await log.close();
  if (kept !== sent) throw new Error(`${sent} events were accepted, the log holds ${kept}`);
  const counters = openCounterStore(ground.settings);
  await checkCounters(counters, latest);
  await counters.close();
  const warehouse = await openWarehouse({ url: ground.env['CLICKHOUSE_URL'], dataDir: ground.folder });
  const rows = await warehouse.query<{ n: number }>(
    'SELECT uniqExact(entity, id, version) AS n FROM change_events',
    {},
    { tag: { report: 'bench', tenant: '' } },
  );
  await warehouse.close();
  if (rows[0]?.n !== sent)
    throw new Error(`the warehouse holds ${String(rows[0]?.n)} events of ${sent}, ${probes.length} probes`);
}
