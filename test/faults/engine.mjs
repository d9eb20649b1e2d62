// One engine in the foreground, for tests that stop, kill and bring back each on its own:
//
//   node test/faults/engine.mjs kafka|redis|clickhouse --port N --path DIR
//
// Prints the engine's process id once it answers; ends with it, and ends it on SIGTERM.
import { parseArgs } from 'node:util';
import { startClickHouse } from '../../deploy/local/clickhouse.mjs';
import { startKafka } from '../../deploy/local/kafka.mjs';
import { startRedis } from '../../deploy/local/redis.mjs';

const STARTERS = { kafka: startKafka, redis: startRedis, clickhouse: startClickHouse };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string' }, path: { type: 'string' } },
});
const engine = await STARTERS[positionals[0]]({ port: Number(values.port), dataDir: values.path });
console.log(JSON.stringify({ enginePid: engine.pid }));
process.once('SIGTERM', () => void engine.stop());
await engine.exited;
process.exit(0);
