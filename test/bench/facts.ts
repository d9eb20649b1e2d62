/** Facts: from the log into the warehouse, one process, beside the same rows prepared ahead. */
import { join } from 'node:path';
import { consume, cpuPerEvent, GROWN, growth } from './consume';
import { bytesOf, Ground } from './engines';
import { checkWarehouse } from './expected';
import { figureOf, ratesOf, shareOfLimit, type Context, type Figure } from './figures';
import { Mix } from './mix';
import { warehouseLimit } from './facts-limit';
import { openWarehouse, type Warehouse } from '#warehouse';

type Engines = 'embedded' | 'servers';

export const FACTS_SERVERS = 'facts: log → warehouse, Kafka and ClickHouse';
const NAMES: Record<Engines, string> = {
  embedded: 'facts: log → warehouse, embedded',
  servers: FACTS_SERVERS,
};

export const factsEmbedded = (context: Context): Promise<Figure[]> => facts('embedded', context);
export const factsServers = (context: Context): Promise<Figure[]> => facts('servers', context);

async function facts(engines: Engines, { quick, seed, say }: Context): Promise<Figure[]> {
  const count = quick ? 80_000 : 300_000;
  const ground = await Ground.of(engines === 'servers' ? ['kafka', 'clickhouse'] : []);
  try {
    const mix = new Mix({ seed });
    const events = mix.events(count);
    await ground.fill(events);
    say(`${count} events in the log`);
    const done = await consume(ground, 'facts', count);
    const rates = ratesOf(done, { rounds: quick ? 3 : 5 });
    say(`${Math.round(rates[0] ?? 0)} events/s`);
    const url = ground.env['CLICKHOUSE_URL'];
    let warehouse = await openWarehouse({ url, dataDir: ground.folder });
    await checkWarehouse(warehouse, mix.latest, count);
    const stored = await bytesStored(warehouse);
    const logged = bytesOf(join(ground.folder, engines === 'servers' ? 'kafka/log' : 'change-log'));
    await warehouse.close();
    const grown = quick ? [] : await growth(NAMES[engines], ground, 'facts', mix, done);
    warehouse = await openWarehouse({ url, dataDir: ground.folder });
    if (!quick) await checkWarehouse(warehouse, mix.latest, GROWN);
    const limit = await warehouseLimit(ground, warehouse, events.slice(0, quick ? 40_000 : 100_000), {
      quick,
      say,
    });
    await warehouse.close();
    return [
      figureOf(NAMES[engines], 'events/s', rates, {
        limit: { what: limit.what, value: limit.eventsPerSecond },
        bar: shareOfLimit(0.6),
        note: `two rows an event; ${cpuPerEvent(done)} µs of processor time an event in the consumer`,
      }),
      ...grown,
      figureOf(`cost: log on disk, ${engines === 'servers' ? 'Kafka' : 'embedded'}`, 'bytes/event', [
        logged / count,
      ]),
      ...(engines === 'embedded'
        ? [figureOf('cost: warehouse on disk, with the whole history', 'bytes/event', [stored / count])]
        : []),
    ];
  } finally {
    await ground.stop();
  }
}

async function bytesStored(warehouse: Warehouse): Promise<number> {
  const [row] = await warehouse.query<{ bytes: number }>(
    'SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase()',
    {},
    { tag: { report: 'bench', tenant: '' } },
  );
  return row?.bytes ?? NaN;
}
