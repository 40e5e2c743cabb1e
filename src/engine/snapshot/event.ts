/** What happened to a twin that somebody may want to be told. */

export type Severity = 'info' | 'warning' | 'critical';

/**
 * | kind | when |
 * | --- | --- |
 * | quarantined | a state left the finite numbers; the twin stands at its last good belief |
 * | recovered | a quarantined twin runs again, after an accepted sample |
 * | bound-held · bound-released | a state reached its bound and is held there · left it again |
 * | raised | the condition of a `when` with a message became true |
 * | resumed | a twin went on from a checkpoint; says how long it was away |
 * | afresh | a checkpoint did not fit a twin's model, so it began anew |
 * | missed-deadline | a tick was finished after the next one was due |
 * | resynchronised | the process was suspended: ticks were given up |
 * | queue-overflow | samples had to make room for newer ones |
 * | worker-failed | a worker died; its twins stand still |
 * | sensor-silent · sensor-back | a measurement has not come for five of its usual intervals · came again |
 * | sensor-rejected · sensor-accepted | the gate left a sample of a measurement out · let one in again |
 * | widened | samples of a measurement were left out again and again; now they are believed, and the belief follows |
 * | diverged | the belief left the finite numbers, and was begun anew |
 * | sensor-suspected · sensor-cleared | the innovations of a measurement are no longer as usual: it has moved apart, scatters, has spikes, stands still · are as usual again |
 * | diagnosed · diagnosis-over | who is at fault, by the other sensors: one sensor, a health, or the machine as such · nothing is suspected any more |
 * | health-changed · health-settled | an estimate that only its noise should move has moved by more · wanders as usual again |
 * | added · removed | a twin came to the fleet, or left it, while it ran |
 * | trial-begun · trial-ended | another version of its model runs in a twin's shadow · no longer does |
 * | model-changed | a twin's model is another version now; the one before runs on as its shadow |
 * | worker-restarted | a worker died and was started again; its twins go on from their last checkpoint |
 * | kernel-changed | other kernels compute than those that made the checkpoint |
 * | rollout · rollout-ended | a new version of a model was begun, promoted or brought to more twins, or stays · the rollout is over for good |
 * | rolled-back | a new version was taken back, from one twin or from all of its rollout |
 * | checkpoint-failed | a checkpoint could not be written or read |
 * | journal-failed | the disk does not take the journal, or only after seconds: nothing is acknowledged |
 * | alarm-raised | an alarm came up that no other event tells of, or became critical |
 * | alarm-cleared | its condition is over |
 * | alarm-acknowledged · alarm-shelved · alarm-unshelved | what somebody did with an alarm |
 */
export type TwinEventKind = keyof typeof severities;

export interface TwinEvent {
  /** The twin's id, or `*` for what concerns several twins. */
  readonly twin: string;
  readonly timeMs: number;
  readonly kind: TwinEventKind;
  readonly severity: Severity;
  readonly message: string;
  /** The state, input or `when` it is about, if there is one. */
  readonly subject?: string;
}

/** How bad each kind is; what a `when` raises, and an alarm, says for itself. */
export const severities = {
  quarantined: 'critical',
  recovered: 'info',
  'bound-held': 'warning',
  'bound-released': 'info',
  raised: 'info',
  resumed: 'info',
  afresh: 'warning',
  'missed-deadline': 'warning',
  resynchronised: 'warning',
  'queue-overflow': 'warning',
  'worker-failed': 'critical',
  'sensor-silent': 'warning',
  'sensor-back': 'info',
  'sensor-rejected': 'warning',
  'sensor-accepted': 'info',
  widened: 'warning',
  'sensor-suspected': 'warning',
  'sensor-cleared': 'info',
  'health-changed': 'warning',
  'health-settled': 'info',
  diagnosed: 'warning',
  'diagnosis-over': 'info',
  diverged: 'critical',
  added: 'info',
  removed: 'info',
  'trial-begun': 'info',
  'trial-ended': 'info',
  'model-changed': 'info',
  'worker-restarted': 'warning',
  'kernel-changed': 'info',
  rollout: 'info',
  'rollout-ended': 'info',
  'rolled-back': 'warning',
  'checkpoint-failed': 'critical',
  'journal-failed': 'critical',
  'alarm-raised': 'warning',
  'alarm-cleared': 'info',
  'alarm-acknowledged': 'info',
  'alarm-shelved': 'info',
  'alarm-unshelved': 'info',
} as const satisfies Record<string, Severity>;
