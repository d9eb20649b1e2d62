/** A data folder copied while it is written to, and what a restored one comes to. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checked } from '../support/checked';
import { runCommand, type Ended } from '../support/processes';

const COUNTER_BOARD = '/v1/leaderboards/rank-contract-amount?preset=year&limit=1000';

describe('a backup', () => {
  let folder: string;
  let checked: Checked;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'backup-'));
    checked = await Checked.start('embedded');
  }, 60_000);
  afterAll(async () => {
    await checked?.floor.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const command = (args: string[], dataDir: string): Promise<Ended> =>
    runCommand(args, { ...checked.floor.env, DATA_DIR: dataDir });

  it('taken under load restores to exact numbers', async () => {
    await checked.publish(checked.next(1));
    await checked.floor.settle();
    const during = checked.next(2);
    const writing = (async () => {
      for (let at = 0; at < during.length; at += 50) await checked.publish(during.slice(at, at + 50));
    })();
    const taken = await checked.floor.command(['backup', join(folder, 'b1')]);
    expect(taken).toMatchObject({ code: 0 });
    await writing;
    expect(readdirSync(join(folder, 'b1')).sort()).toEqual([
      'change-log',
      'counters',
      'manifest.json',
      'warehouse',
    ]);

    const dataDir = join(folder, 'restored');
    expect(await command(['restore', join(folder, 'b1')], dataDir)).toMatchObject({ code: 0 });
    const restored = await Checked.start('embedded', { DATA_DIR: dataDir });
    try {
      await restored.floor.settle();
      const verified = await command(['verify'], dataDir);
      expect(verified).toMatchObject({ code: 0 });
      // What was sent before is all there; what was sent meanwhile is there at most once.
      restored.sent.push(...checked.sent);
      await restored.floor.publish(during);
      await restored.becomesExact();
      await restored.publish(restored.next(3));
      await restored.becomesExact();
    } finally {
      await restored.floor.stop();
    }
    await checked.becomesExact();
  }, 240_000);

  it('takes from the log what counters and warehouse had not reached', async () => {
    // The state in the middle of catching up: killed right after acceptance, copied before anything else.
    await checked.publish(checked.next(4));
    await checked.floor.stopApps('SIGKILL');
    expect(await checked.floor.command(['backup', join(folder, 'b2')])).toMatchObject({ code: 0 });
    const dataDir = join(folder, 'restored2');
    expect(await command(['restore', join(folder, 'b2')], dataDir)).toMatchObject({ code: 0 });
    const restored = await Checked.start('embedded', { DATA_DIR: dataDir });
    try {
      restored.sent.push(...checked.sent);
      await restored.becomesExact();
      expect((await restored.floor.get(COUNTER_BOARD)).source).toBe('live');
    } finally {
      await restored.floor.stop();
      await checked.floor.startApps();
    }
  }, 240_000);

  it('writes over nothing, and is whole or not there', async () => {
    const full = join(folder, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'mine'), '');
    const refused = await checked.floor.command(['backup', full]);
    expect(refused).toMatchObject({ code: 78 });
    expect(refused.output).toContain('is not empty');
    expect(readdirSync(full)).toEqual(['mine']);
    const onto = await command(['restore', join(folder, 'b1')], join(folder, 'restored'));
    expect(onto).toMatchObject({ code: 78 });
    expect(onto.output).toContain('holds change-log, counters, warehouse');
    const none = await command(['restore', full], join(folder, 'new'));
    expect(none).toMatchObject({ code: 78 });
    expect(existsSync(join(folder, 'new', 'change-log'))).toBe(false);
    const running = await command(['restore', join(folder, 'b1')], checked.floor.env['DATA_DIR'] ?? '');
    expect(running).toMatchObject({ code: 78 });
  }, 60_000);
});
