// The relay: publishes what is in the outbox, oldest first, and takes out what is durable in Floorboard.
//
// It may be killed anywhere. Killed after publishing and before taking out, it publishes the same events
// again, with the same ids and versions, and Floorboard ignores them.
//
//   DATABASE_URL=mysql://… FLOORBOARD_URL=http://… FLOORBOARD_KEY=fb_… node relay.mjs
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientClosed, eventsOf, FloorboardClient } from 'floorboard-client';
import { openDatabase } from './contracts.mjs';

const BATCH = 500;
const IDLE_MS = 200;

const { DATABASE_URL, FLOORBOARD_URL, FLOORBOARD_KEY } = process.env;
const pool = openDatabase(DATABASE_URL);
const crm = eventsOf('/crm');
const client = new FloorboardClient({
  url: FLOORBOARD_URL,
  key: FLOORBOARD_KEY,
  batchEvents: BATCH,
  patienceMs: Infinity, // the outbox keeps what Floorboard cannot take yet
  hooks: {
    retry: ({ waitMs, why }) => console.error(`again in ${Math.round(waitMs)} ms: ${why}`),
    // Kept there as a dead letter with the reason; here it would come again for ever.
    rejected: ({ message }) => console.error(message),
  },
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

/** One row of the outbox as the event it stands for, the same each time. */
function eventOf({ position, entity, record_id: id, verb, state, changed_at: changedAt }) {
  const about = { id: `outbox-${position}`, sequence: position, time: `${changedAt.replace(' ', 'T')}Z` };
  if (verb === 'deleted') return crm.deleted(entity, id, about);
  return crm.changed(entity, typeof state === 'string' ? JSON.parse(state) : state, { ...about, verb });
}

/** Publishes the oldest rows; resolves with how many there were. */
async function relay() {
  // Without a cursor: a transaction may commit a smaller position than one that was published already.
  const [rows] = await pool.query(`SELECT * FROM outbox ORDER BY position LIMIT ${BATCH}`);
  if (rows.length === 0) return 0;
  await client.publishAll(rows.map(eventOf));
  const positions = rows.map(({ position }) => position);
  await pool.query('DELETE FROM outbox WHERE position IN (?)', [positions]);
  return rows.length;
}

stop.signal.addEventListener('abort', () => void client.close({ timeoutMs: 5_000 }));

// A second relay would do the same work twice, which is harmless; this keeps it waiting until the first is gone.
const lock = await pool.getConnection();
for (let got = 0; got !== 1 && !stop.signal.aborted;) {
  [[{ got }]] = await lock.query("SELECT GET_LOCK('floorboard-relay', 1) AS got");
}
console.log('relaying');
try {
  while (!stop.signal.aborted) {
    const count = await relay();
    if (count < BATCH) await sleep(IDLE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  }
} catch (error) {
  if (!(error instanceof ClientClosed)) throw error;
}
await client.close();
await lock.query("SELECT RELEASE_LOCK('floorboard-relay')");
lock.release();
await pool.end();
