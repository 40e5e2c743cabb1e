/** An alarm as readers get it, over REST, WebSocket and MQTT alike: times as ISO 8601, and fields only where there is something to say. */

import type { Alarm, AlarmSeverity, AlarmState } from './alarm.ts';

export interface AlarmView {
  readonly id: string;
  readonly twin: string;
  readonly kind: string;
  readonly subject?: string;
  readonly severity: AlarmSeverity;
  readonly state: AlarmState;
  readonly active: boolean;
  readonly message: string;
  readonly cause?: string;
  readonly occurrences: number;
  readonly first: string;
  readonly raised: string;
  readonly cleared?: string;
  readonly changed: string;
  readonly chattering?: true;
  readonly acknowledged?: { readonly by: string; readonly time: string; readonly note?: string };
  readonly shelved?: {
    readonly by: string;
    readonly time: string;
    readonly until: string;
    readonly why: string;
  };
  readonly suppressed?: string;
}

const views = new WeakMap<Alarm, AlarmView>();

/** Made once for all readers, since an alarm never changes. */
export function alarmView(alarm: Alarm): AlarmView {
  let view = views.get(alarm);
  if (view === undefined) {
    view = makeView(alarm);
    views.set(alarm, view);
  }
  return view;
}

function makeView(alarm: Alarm): AlarmView {
  const { subject, cause, clearedMs, acknowledgement, shelving, suppression } = alarm;
  return {
    id: alarm.id,
    twin: alarm.twin,
    kind: alarm.kind,
    ...(subject !== undefined && { subject }),
    severity: alarm.severity,
    state: alarm.state,
    active: alarm.active,
    message: alarm.message,
    ...(cause !== undefined && { cause }),
    occurrences: alarm.occurrences,
    first: iso(alarm.firstMs),
    raised: iso(alarm.raisedMs),
    ...(clearedMs !== undefined && { cleared: iso(clearedMs) }),
    changed: iso(alarm.changedMs),
    ...(alarm.chattering && { chattering: true }),
    ...(acknowledgement !== undefined && {
      acknowledged: {
        by: acknowledgement.by,
        time: iso(acknowledgement.atMs),
        ...(acknowledgement.note !== undefined && { note: acknowledgement.note }),
      },
    }),
    ...(shelving !== undefined && {
      shelved: {
        by: shelving.by,
        time: iso(shelving.atMs),
        until: iso(shelving.untilMs),
        why: shelving.why,
      },
    }),
    ...(suppression !== undefined && { suppressed: suppression }),
  };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
