/**
 * Fills the disk of the journal while machines send, and makes room again; every second time the engine is killed meanwhile.
 *
 * The journal stands on a file system of two megabytes in memory, which only root may make. While it is full nothing may be acknowledged;
 * once there is room, everything must go on by itself.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wait } from '../bench/lib/scope.ts';
import { Rng } from '../src/core/statistics/index.ts';
import { type Context, type Fault, nothing, type Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

/** Messages on their way when the last byte is taken. */
const settlingMs = 1000;

export const diskFull: Fault = {
  name: 'disk-full',
  summary: 'the disk of the journal is full for some seconds (needs root, for a small disk)',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const rng = new Rng(seed);
    const rounds = Math.max(2, Math.ceil(times / 10));
    const trial = await Trial.make(scope, seed);
    const unmount = mountSmall(trial);
    if (unmount === undefined) {
      await trial.end();
      note('no small disk can be mounted here: that needs root');
      return { fault: diskFull.name, tried: 0, ...nothing, broken: [] };
    }
    try {
      trial.launch();
      await trial.recovered();
      let early = 0;
      for (let round = 1; round <= rounds; round++) {
        await wait(500 + 1000 * rng.uniform());
        const ballast = fill(trial.journal);
        await wait(settlingMs);
        const before = trial.ledger.acknowledged.size;
        await wait(1500 + 1000 * rng.uniform());
        const isKilled = round % 2 === 0;
        if (isKilled) {
          await trial.kill();
          trial.launch();
          await wait(3000);
        }
        early += trial.ledger.acknowledged.size - before;
        rmSync(ballast);
        await trial.recovered();
        note(`full ${round} of ${rounds}${isKilled ? ', and killed meanwhile' : ''}`);
      }
      const account = await trial.account();
      const broken = early > 0 ? [`${early} samples were acknowledged while the disk was full`] : [];
      return { fault: diskFull.name, tried: rounds, ...account, broken };
    } finally {
      await trial.end();
      unmount();
    }
  },
};

/** @returns what unmounts it; undefined if it is not allowed. */
function mountSmall({ directory: project, journal: directory }: Trial): (() => void) | undefined {
  mkdirSync(directory, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory]);
  if (mounted.status !== 0) return undefined;
  const unmount = () => {
    // Lazily: whoever still has a file open there must not keep it.
    spawnSync('umount', ['-l', directory]);
  };
  // After an interruption the directory was busy when the others were removed.
  process.once('exit', () => {
    unmount();
    rmSync(project, { recursive: true, force: true });
  });
  return unmount;
}

/** Takes every byte that is left. @returns the file that has them. */
function fill(directory: string): string {
  const file = join(directory, 'ballast');
  const { bavail, bsize } = statfsSync(directory);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
  return file;
}
