/** People in front of live boards, and one who asks a report again and again: when each saw which probe. */
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from './clock';
import { serve } from './worker';

export interface Watch {
  url: string;
  viewers: number;
  topics: string[];
  /** Path of a report that shows the same people. */
  report: string;
  reportEveryMs: number;
  /** Nobody asks for it earlier. */
  reportAfterMs: number;
}

/** A person's count, as shown first to one viewer at one moment of the common clock. */
export interface Sight {
  person: string;
  count: number;
  at: number;
}

interface Row {
  employeeId: string;
  value: string | number;
}

const PROBE_TOPIC = 'leaderboards/rank-new-contacts';
/** Per viewer. */
let sights: Sight[][] = [];
let reported: Sight[] = [];
let frames = 0;
const open: IncomingMessage[] = [];
let asking = false;
let asked: Promise<void> = Promise.resolve();

function see(into: Sight[], known: Map<string, number>, rows: readonly Row[], at: number): void {
  for (const { employeeId, value } of rows) {
    const count = Number(value);
    if (count <= (known.get(employeeId) ?? 0)) continue;
    known.set(employeeId, count);
    into.push({ person: employeeId, count, at });
  }
}

function streamTo(url: string, topics: readonly string[], into: Sight[]): Promise<void> {
  const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
  const known = new Map<string, number>();
  return new Promise((resolve, reject) => {
    get(`${url}/v1/live?${query}`, { agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`GET /v1/live: ${response.statusCode}`));
      open.push(response);
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const at = clock();
        const parts = (rest + text).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          const data = part.indexOf('\ndata: ');
          if (data < 0) continue;
          frames += 1;
          const topic = part.indexOf(`{"topic":"${PROBE_TOPIC}`, data);
          if (topic < 0) continue;
          see(into, known, (JSON.parse(part.slice(data + 7)) as { rows: Row[] }).rows, at);
        }
      });
      response.on('error', () => undefined);
      resolve();
    }).on('error', reject);
  });
}

async function askAgain(url: string, path: string, everyMs: number, from: number): Promise<void> {
  const known = new Map<string, number>();
  while (asking && clock() < from) await sleep(100);
  while (asking) {
    const next = clock() + everyMs;
    const response = await fetch(url + path);
    const body = (await response.json()) as { rows: Row[] };
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${JSON.stringify(body)}`);
    see(reported, known, body.rows, clock());
    await sleep(Math.max(0, next - clock()));
  }
}

async function watch({ url, viewers, topics, report, reportEveryMs, reportAfterMs }: Watch): Promise<void> {
  sights = Array.from({ length: viewers }, () => []);
  reported = [];
  frames = 0;
  await Promise.all(sights.map((into) => streamTo(url, topics, into)));
  asking = report !== '';
  asked = asking ? askAgain(url, report, reportEveryMs, clock() + reportAfterMs) : Promise.resolve();
}

async function leave(): Promise<{ sights: Sight[][]; reported: Sight[]; frames: number }> {
  asking = false;
  await asked;
  for (const response of open.splice(0)) response.destroy();
  return { sights, reported, frames };
}

serve({ watch, leave });
