/** Gathers what happens in a fleet: events, what becomes of alarms, and which twins are there no more. */

import {
  factKinds,
  factOfAlarm,
  factOfEvent,
  factOfRemoval,
  type Fleet,
  type History,
  type HistoryFact,
  twinOf,
} from '../../engine/index.ts';

/** @returns what ends it. */
export function recordFacts(
  fleet: Pick<Fleet, 'twin' | 'alarms' | 'events' | 'onEvent' | 'onChange'>,
  history: Pick<History, 'factsAt'>,
  note: (fact: HistoryFact) => void,
): () => void {
  const { alarms } = fleet;
  const startMs = alarms.nowMs();
  let isOver = false;
  // What was told before anybody listened; what is there already is not written twice.
  for (const event of fleet.events().toReversed()) note(factOfEvent(event));
  for (const state of [undefined, 'normal'] as const) {
    for (const alarm of alarms.list(state && { state })) note(factOfAlarm(alarm, alarm.changedMs));
  }
  noteAbsent().catch(() => {
    // A history that cannot be read now; these twins are then there for as long as nobody says otherwise.
  });
  const releases = [
    fleet.onEvent((event) => note(factOfEvent(event))),
    alarms.onChange(({ alarm, atMs }) => note(factOfAlarm(alarm, atMs))),
    fleet.onChange(({ kind, twin }) => {
      if (kind === 'removed') note(factOfRemoval(twin.config.id, alarms.nowMs()));
    }),
  ];
  return () => {
    isOver = true;
    for (const release of releases) release();
  };

  /** Twins that were taken out of the project while nothing ran. */
  async function noteAbsent(): Promise<void> {
    for (const fact of await history.factsAt({ kind: factKinds.twin, timeMs: startMs })) {
      if (isOver) return;
      if (twinOf(fact) !== undefined && fleet.twin(fact.twin) === undefined)
        note(factOfRemoval(fact.twin, startMs));
    }
  }
}
