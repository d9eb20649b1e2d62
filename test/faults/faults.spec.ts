/**
 * A short fixed run of the faults on both sets of engines: nothing lost, nothing doubled, every number
 * exact. The long run, with all of them at random, is `npm run test:faults`.
 */
import { ENGINE_SETS, type EngineSet } from '../support/floor';
import { FAULTS } from './faults';
import { runFaults } from './runner';
import { isFlawless, tableOf } from './summary';

const SHORT: Record<EngineSet, readonly string[]> = {
  embedded: [
    'kill -9 ingest at append.inside',
    'kill -9 facts at facts-write.after',
    'torn last write of the embedded log',
    'disk full',
    'an error nobody catches in all',
  ],
  servers: ['kill -9 facts at facts-write.after', 'redis stopped, started', 'Redis flushed'],
};

it.each(ENGINE_SETS)(
  'loses and doubles nothing on %s engines',
  async (set) => {
    const faults = SHORT[set].map((name) => {
      const fault = FAULTS.find((known) => known.name === name && known.sets.includes(set));
      if (!fault) throw new Error(`no fault ${name}`);
      return fault;
    });
    const outcome = await runFaults({ set, seed: 20_264, faults });
    const happened = outcome.rounds.filter((round) => round.happened).map(({ fault }) => fault);
    expect({ table: tableOf(outcome), flawless: isFlawless(outcome) }).toMatchObject({ flawless: true });
    expect(happened).toEqual(SHORT[set]);
    expect(outcome.refused).toBeGreaterThan(0);
  },
  400_000,
);
