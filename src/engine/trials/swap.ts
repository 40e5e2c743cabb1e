/** How the lanes of a trial exchange their roles: what the shard is asked, and when readers see it. See trial.ts. */

import { type Entry, shardTwin, show, type Shown, type Trial, type TrialRoutes } from '../members/index.ts';

/** Asks for the lane of the shadow. */
export function beginRequest({ live, shadow }: Trial, atMs: number) {
  const { model } = shadow.info;
  return {
    kind: 'shadow',
    of: live.target.index,
    model: { id: model.id, document: model.document },
    twin: shardTwin(shadow),
    atMs,
  } as const;
}

/** Asks for the roles to come. */
export function swapRequest({ live, shadow }: Trial) {
  return { kind: 'swap', live: shadow.target.index, shadow: live.target.index } as const;
}

/** Asks for the shadow's end. */
export function endRequest({ shadow }: Trial) {
  return { kind: 'remove', twin: shadow.target.index, leave: false } as const;
}

/** Takes a frame of a lane in a trial. @returns whether it is the first that shows a swap that waited. */
export function arrive(entry: Entry, trial: Trial, { frame, lane, dueMs }: Shown): boolean {
  const { swap } = trial;
  if (swap !== undefined && entry === trial.live && dueMs > swap.atMs) {
    swap.held = { frame, lane, dueMs };
  } else {
    show(entry, frame, lane);
    entry.dueMs = dueMs;
  }
  return swap !== undefined && entry === trial.shadow && dueMs > swap.atMs;
}

/** Whether both lanes have come to where they are to be exchanged, or the old one never will be seen there. */
export function isSettled({ live, shadow, swap }: Trial): boolean {
  if (swap === undefined || !(shadow.dueMs >= swap.atMs)) return false;
  return shadow.dueMs > swap.atMs || live.dueMs >= swap.atMs || swap.held !== undefined || swap.passed;
}

/** Exchanges the roles. @param routes - those of the roles to come. */
export function exchange(trial: Trial, routes: TrialRoutes): void {
  const { live, shadow, swap } = trial;
  trial.live = shadow;
  trial.shadow = live;
  trial.routes = routes;
  if (swap === undefined) return;
  trial.swap = undefined;
  trial.swappedMs = swap.atMs;
  if (swap.held !== undefined) {
    show(live, swap.held.frame, swap.held.lane);
    live.dueMs = swap.held.dueMs;
  }
  swap.done();
}
