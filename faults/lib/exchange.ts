/** Inside a breakable engine: exchanges the versions of one twin after the other. */

import type { Fleet } from '../../src/engine/index.ts';
import { wait } from '../../bench/lib/scope.ts';

/** So long both versions run, before and after. */
const besideMs = 60;

/** @param isWanted - asked before each exchange. */
export async function exchangeInTurn(
  fleet: Fleet,
  isWanted: () => boolean,
  tell: (message: object) => void,
): Promise<void> {
  while (isWanted()) {
    for (const { config } of fleet.twins()) {
      if (!isWanted()) break;
      try {
        await exchange(fleet, config.id);
        tell({ exchanged: config.id });
      } catch (error) {
        tell({ problem: error instanceof Error ? error.message : String(error) });
        await wait(1000);
      }
    }
  }
  tell({ rests: true });
}

async function exchange(fleet: Fleet, id: string): Promise<void> {
  // From before a kill.
  if (fleet.shadow(id) !== undefined) await fleet.endShadow(id);
  const now = fleet.twin(id)?.model.id;
  const other = [...fleet.models.keys()].find((model) => model !== now);
  if (other === undefined) throw new Error('there is only one version');
  await fleet.beginShadow(id, other);
  await wait(besideMs);
  await fleet.swapShadow(id);
  await wait(besideMs);
  await fleet.endShadow(id);
}
