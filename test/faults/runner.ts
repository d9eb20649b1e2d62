/** Hurts a plant under load, fault after fault, and looks each time whether every number is exact again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../model';
import type { EngineSet } from '../support/floor';
import { Checker, clean, isExact, type Findings } from './check';
import { FAULTS, type Fault, type Site } from './faults';
import { Histories } from './histories';
import { Ledger } from './ledger';
import { Load } from './load';
import { Plant } from './plant';

/** A time zone in which it is neither night nor midnight soon: the run keeps to one day. */
const ZONES = [
  'Asia/Shanghai',
  'America/New_York',
  'Asia/Kolkata',
  'Europe/Berlin',
  'Pacific/Auckland',
  'America/Los_Angeles',
];

const RECOVERY_MS = 150_000;
const EXACT_MS = 60_000;

export interface Round {
  fault: string;
  /** False: the point was not passed; nothing was hurt. */
  happened: boolean;
  /** Events accepted from the injection to the exact end. */
  accepted: number;
  findings: Findings;
  /** From the fault's end until everything accepted is in and every number exact; null: never. */
  recoveryMs: number | null;
}

export interface Outcome {
  set: EngineSet;
  seed: number;
  timeZone: string;
  rounds: Round[];
  accepted: number;
  distinct: number;
  refused: number;
  wrongAnswers: string[];
  /** At the end: every window, every report, every fact and dead letter. */
  final: Findings;
  /** Processes that ended without having been told to, as often. */
  ownEnds: Record<string, number>;
  seconds: number;
}

export interface RunOptions {
  set: EngineSet;
  seed: number;
  /** Which faults, in order; or until when random ones. */
  faults: readonly Fault[] | { untilMs: number };
  /** Told after every round. */
  told?: (round: Round) => void;
}

export async function runFaults({ set, seed, faults, told = () => undefined }: RunOptions): Promise<Outcome> {
  const startedAt = Date.now();
  const timeZone = zoneByDay();
  const plant = await Plant.start(set, timeZone);
  const ledger = new Ledger();
  const load = new Load(plant, new Histories(seed, timeZone), ledger, seed);
  const checker = new Checker(plant, ledger);
  const site: Site = { plant, load, ledger, random: new Random(seed + 2) };
  const rounds: Round[] = [];
  try {
    for (const fault of choose(set, faults, site.random)) {
      const round = await runRound(fault, site, checker);
      rounds.push(round);
      told(round);
    }
    const final = await finish(plant, checker);
    return {
      set,
      seed,
      timeZone,
      rounds,
      accepted: ledger.accepted,
      distinct: ledger.versions.size,
      refused: ledger.refused.length,
      wrongAnswers: ledger.wrongAnswers,
      final,
      ownEnds: Object.fromEntries([...plant.apps.values()].map((app) => [app.name, app.ownEnds])),
      seconds: Math.round((Date.now() - startedAt) / 1_000),
    };
  } finally {
    await load.close().catch(() => undefined);
    await plant.stop();
  }
}

/** All of the set's faults in random order, again and again, until the time is over; or those given. */
function* choose(set: EngineSet, faults: RunOptions['faults'], random: Random): Generator<Fault> {
  if (!('untilMs' in faults)) {
    yield* faults.filter((fault) => fault.sets.includes(set));
    return;
  }
  while (Date.now() < faults.untilMs) {
    for (const fault of random.shuffled(FAULTS.filter(({ sets }) => sets.includes(set)))) {
      if (Date.now() > faults.untilMs) return;
      yield fault;
    }
  }
}

async function runRound(fault: Fault, site: Site, checker: Checker): Promise<Round> {
  const { load, ledger, plant } = site;
  const before = ledger.accepted;
  load.start();
  // Into the middle of the work, not before it.
  await sleep(site.random.int(500, 1_500));
  const happened = await fault.inject(site);
  const endedAt = Date.now();
  await load.stop();
  let findings: Findings;
  try {
    if (!fault.clock) await checker.settle(RECOVERY_MS);
    findings = await checker.becomesExact('some', EXACT_MS);
  } catch (error) {
    findings = { ...clean(), drift: 1, examples: [String(error)] };
  }
  if (!isExact(findings)) findings.examples.push(...[...plant.apps.values()].map((app) => app.output()));
  const recoveryMs = isExact(findings) ? Date.now() - endedAt : null;
  if (fault.clock) await restoreClocks(plant);
  return { fault: fault.name, happened, accepted: ledger.accepted - before, findings, recoveryMs };
}

/** New processes have the machine's own clock. */
async function restoreClocks(plant: Plant): Promise<void> {
  await Promise.all([...plant.apps.values()].map((app) => app.end('SIGTERM')));
  await Promise.all([...plant.apps.values()].map((app) => app.ready()));
}

async function finish(plant: Plant, checker: Checker): Promise<Findings> {
  const numbers = await checker.becomesExact('all', EXACT_MS);
  if (plant.set === 'embedded') await plant.app('all').stop('SIGTERM');
  const remains = await checker.remains();
  return {
    lost: numbers.lost + remains.lost,
    doubled: numbers.doubled + remains.doubled,
    drift: numbers.drift + remains.drift,
    examples: [...numbers.examples, ...remains.examples],
  };
}

function zoneByDay(): string {
  const hourIn = (timeZone: string): number =>
    Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format());
  return ZONES.find((zone) => hourIn(zone) >= 4 && hourIn(zone) < 21) ?? 'UTC';
}
