// Loaded into a process under test (`node --import`): kills it at a named point, or sets its clock back.
// The product itself has no such places: its methods are wrapped from here.
//
// On SIGUSR2 the file named by FAULT_FILE is read:
//
//   {"point": "facts-write.after", "skip": 2, "delayMs": 3}   kill -9 at the third passage
//   {"clockMs": -3600000}                                      the clock is an hour behind from now on
//   {"throw": true}                                            an error nobody catches
//   {}                                                         no point any more
//
// A point is an operation and a moment: `before` it, `inside` (it was begun and is killed `delayMs` later),
// `after` it has succeeded.
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '..', '..', 'dist', 'libs');

let armed = null;
let clockMs = 0;

process.on('SIGUSR2', () => {
  const order = JSON.parse(readFileSync(process.env.FAULT_FILE, 'utf8'));
  if (order.throw) throw new Error('an error on purpose');
  const { point, skip = 0, delayMs = 0, clockMs: step = clockMs } = order;
  armed = point ? { point, skip, delayMs } : null;
  clockMs = step;
});

const die = () => process.kill(process.pid, 'SIGKILL');

function passes(point) {
  if (armed?.point !== point) return false;
  if (armed.skip > 0) {
    armed.skip -= 1;
    return false;
  }
  return true;
}

/** Wraps a method; `nameOf(args, self)` is the operation's name, or undefined where no point is. */
function wrap(type, method, nameOf) {
  const original = type.prototype[method];
  type.prototype[method] = async function wrapped(...args) {
    const name = nameOf(args, this);
    if (name === undefined) return original.apply(this, args);
    if (passes(`${name}.before`)) die();
    const result = original.apply(this, args);
    if (passes(`${name}.inside`)) setTimeout(die, armed.delayMs);
    const value = await result;
    if (passes(`${name}.after`)) die();
    return value;
  };
}

const APPENDS = { 'crm.events.v1': 'append', 'crm.events.v1.dead-letter': 'dead-letter' };
const COMMITS = { 'floorboard-facts': 'facts-commit', 'floorboard-leaderboards': 'counters-commit' };

function wrapCounters(Counters) {
  wrap(Counters, 'apply', ([batch]) => (batch.outOfLog ? 'rebuild-write' : 'counters-write'));
  wrap(Counters, 'advance', () => 'counters-advance');
  wrap(Counters, 'beginRebuild', () => 'rebuild-begin');
  wrap(Counters, 'finishRebuild', () => 'rebuild-finish');
}

/** By module; those that export a factory give away their class with the first instance. */
const PATCHES = {
  'change-log/embedded/store.js': ({ Store }) => {
    wrap(Store, 'append', ([, ends]) => APPENDS[ends[0]?.[0].topic]);
    wrap(Store, 'commit', ([offsets]) => COMMITS[offsets[0]?.group]);
  },
  'change-log/kafka/producer.js': ({ BatchingProducer }) => {
    wrap(BatchingProducer, 'append', ([topic]) => APPENDS[topic]);
  },
  'change-log/kafka/subscription.js': ({ KafkaSubscription }) => {
    wrap(KafkaSubscription, 'sendCommits', (_, self) => COMMITS[self.group]);
  },
  'warehouse/facts.js': ({ FactsWriter }) => wrap(FactsWriter, 'writeBlock', () => 'facts-write'),
};
const FACTORIES = ['counters/open.js'];

const load = Module._load;
const patched = new Set();
Module._load = function loadAndPatch(request, parent, isMain) {
  const exported = load.call(this, request, parent, isMain);
  if (!parent?.filename?.startsWith(DIST) || !request.startsWith('.')) return exported;
  const file = Module._resolveFilename(request, parent).slice(DIST.length + 1);
  if (patched.has(file)) return exported;
  patched.add(file);
  PATCHES[file]?.(exported);
  if (!FACTORIES.includes(file)) return exported;
  let first = true;
  return {
    ...exported,
    openCounters: (...args) => {
      const counters = exported.openCounters(...args);
      if (first) wrapCounters(counters.constructor);
      first = false;
      return counters;
    },
  };
};

const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + clockMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + clockMs;
  }
};
