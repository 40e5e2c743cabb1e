/**
 * Floods broker and page while twins tick and machines send: giant, malformed and misdirected messages, hundreds of connections
 * that say nothing, bodies that are too large or no JSON, and readers without pause.
 *
 * The machines go on being served, nothing of theirs is lost or changed, hardly a tick is late, and memory has a limit.
 */

import { fileURLToPath } from 'node:url';
import { wait } from '../bench/lib/scope.ts';
import { look, memoryMib, missedBetween } from './lib/look.ts';
import type { Context, Fault, Outcome } from './lib/report.ts';
import { Trial } from './lib/trial.ts';

const flooder = fileURLToPath(new URL('flooder.ts', import.meta.url));
const missedAtMost = 0.02;
const growthAtMostMib = 400;

export const flood: Fault = {
  name: 'flood',
  summary: 'hostile clients of MQTT and HTTP while twins tick',
  async run({ seed, times, scope, note }: Context): Promise<Outcome> {
    const trial = await Trial.make(scope, seed);
    trial.launch();
    await trial.recovered();
    await wait(2000);
    const calm = await look(trial);
    const acknowledgedBefore = trial.ledger.acknowledged.size;
    const ports = [trial.httpPort, trial.mqttPort].map(String);
    const attack = scope.start(process.execPath, [flooder, ...ports]);
    const endMs = Date.now() + Math.min(60, Math.max(5, times)) * 1000;
    let peakMib = calm.memoryMib;
    while (Date.now() < endMs) {
      await wait(100);
      peakMib = Math.max(peakMib, memoryMib(trial.pid));
    }
    const acknowledgedDuring = trial.ledger.acknowledged.size - acknowledgedBefore;
    // A flood that has dried up by itself proves nothing.
    if (attack.process.exitCode !== null) throw new Error(`the flood ended by itself: ${attack.stderr()}`);
    await scope.stop(attack);
    await trial.recovered();
    const after = await look(trial);
    const account = await trial.account();
    const missed = missedBetween(calm, after);
    const done = attack.stdout().trim().split('\n').at(-1) ?? '{}';
    note(`flooded: ${done}`);
    const { leaks } = JSON.parse(done) as { readonly leaks: number };
    note(
      `${(missed * 100).toFixed(2)} % of ${after.ticks - calm.ticks} ticks late, ` +
        `memory ${calm.memoryMib.toFixed(0)} MiB before, ${peakMib.toFixed(0)} MiB at most, ` +
        `${acknowledgedDuring} samples acknowledged meanwhile`,
    );
    const broken = [
      ...(missed <= missedAtMost ? [] : [`${(missed * 100).toFixed(1)} % of the ticks were late`]),
      ...(peakMib - calm.memoryMib <= growthAtMostMib ? [] : [`memory grew to ${peakMib.toFixed(0)} MiB`]),
      ...(leaks === 0 ? [] : [`${leaks} tricks with paths had an answer that must not be`]),
      ...(acknowledgedDuring > 0 ? [] : ['nothing was acknowledged meanwhile']),
    ];
    return { fault: flood.name, tried: 1, ...account, broken };
  },
};
