/**
 * Ends a process that stands still. What blocks the main thread for good (a native engine whose disk refused a
 * write has been seen to) also keeps the deadline of an orderly end from coming; a process that is gone is started
 * again, and what it left half done comes again from the log.
 *
 * The watching is done by a thread of its own, which counts its own seconds: a machine that slept, or a process
 * that was halted, is no reason.
 */
import { Worker } from 'node:worker_threads';

/** Longer than the deadline of an orderly end. */
const STILL_SECONDS = 60;

const WATCH = `
const { workerData: { beats, seconds } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let [seen, still] = [-1, 0];
setInterval(() => {
  const now = Atomics.load(beats, 0);
  still = now === seen ? still + 1 : 0;
  seen = now;
  if (still < seconds) return;
  const message = 'the process stood still for ' + seconds + ' s and is ended';
  writeSync(2, JSON.stringify({ level: 'fatal', time: new Date().toISOString(), msg: message }) + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

/** Begins to watch; keeps nothing alive. @param seconds without a beat after which the process is ended. */
export function watchOverEventLoop(seconds = STILL_SECONDS): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(WATCH, {
    eval: true,
    workerData: { beats, seconds },
    resourceLimits: { maxOldGenerationSizeMb: 8 },
  });
  worker.unref();
  setInterval(() => Atomics.add(beats, 0, 1), 500).unref();
}
