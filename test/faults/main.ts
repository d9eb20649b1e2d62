/** `npm run test:faults -- --seed N --minutes M [--engines embedded|servers|both] [--only PATTERN]` */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../support/children';
import { ENGINE_SETS } from '../support/floor';
import { FAULTS } from './faults';
import { stopAllPlants } from './plant';
import { runFaults, type Outcome, type RunOptions } from './runner';
import { isFlawless, tableOf } from './summary';

const OUT = join(ROOT, 'test', '.out');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      minutes: { type: 'string', default: '10' },
      engines: { type: 'string', default: 'both' },
      only: { type: 'string' },
    },
  });
  const sets = ENGINE_SETS.filter((set) => values.engines === 'both' || values.engines === set);
  if (sets.length === 0) throw new Error('--engines is embedded, servers or both');
  const seed = Number(values.seed);
  const outcomes: Outcome[] = [];
  for (const set of sets) {
    console.log(`seed ${seed}, ${set} engines`);
    const untilMs = Date.now() + (Number(values.minutes) * 60_000) / sets.length;
    const { only } = values;
    const faults: RunOptions['faults'] =
      only === undefined ? { untilMs } : FAULTS.filter(({ name }) => new RegExp(only).test(name));
    const outcome = await runFaults({ set, seed, faults, told: tell });
    outcomes.push(outcome);
    console.log(`\n${tableOf(outcome)}\n`);
    mkdirSync(OUT, { recursive: true });
    writeFileSync(join(OUT, 'faults.json'), `${JSON.stringify({ seed, outcomes }, null, 2)}\n`);
  }
  process.exit(outcomes.every(isFlawless) ? 0 : 1);
}

function tell({
  fault,
  happened,
  accepted,
  findings,
  recoveryMs,
}: Parameters<NonNullable<RunOptions['told']>>[0]): void {
  const { lost, doubled, drift, examples } = findings;
  const time = recoveryMs === null ? 'NOT RECOVERED' : `${(recoveryMs / 1_000).toFixed(1)} s`;
  const line = `${fault}${happened ? '' : ' (not come to pass)'}: ${accepted} accepted, ${lost} lost, ${doubled} doubled, ${drift} drift, ${time}`;
  console.log([`${new Date().toISOString()} ${line}`, ...examples.slice(0, 3)].join('\n  ! '));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAllPlants().finally(() => process.exit(130)));
}
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
