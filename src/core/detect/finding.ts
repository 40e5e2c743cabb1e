/** What detection has to say, and in which words. */

/** Numbers of them are kept in records and checkpoints: new ones come at the end. */
export const findingKinds = [
  'sensor-offset',
  'sensor-noisy',
  'sensor-spikes',
  'sensor-stuck',
  'sensor-dead',
  'innovation-drift',
  'machine-changed',
  'health-changed',
  'pattern-unusual',
] as const;

export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** The measurement or state it is about; the twin as a whole: ''. */
  readonly subject: string;
  /** In SI: an offset, a standard deviation, a change; seconds of silence; without unit for a pattern. */
  readonly size: number;
  /** About when it began: seconds of the clock whose times were given. */
  readonly since: number;
  /** 0…1: the probability that this and nothing else explains what was seen, as far as was looked. */
  readonly confidence: number;
  /** A cause in plain words. Numbers are not in it: units are the reader's. */
  readonly words: string;
}

/** The cause of each kind in words, for a subject. */
export const findingWords: Readonly<Record<FindingKind, (subject: string) => string>> = {
  'sensor-offset': (name) =>
    `${name} reads beside the value that the model and the other sensors agree on, always to the same side`,
  'sensor-noisy': (name) => `${name} scatters more than its noise says, around the right value`,
  'sensor-spikes': (name) => `${name} gives single readings far off, and right ones between them`,
  'sensor-stuck': (name) => `${name} repeats one value although its noise should move it`,
  'sensor-dead': (name) => `${name} has stopped sending`,
  'innovation-drift': (name) =>
    `${name} and its prediction have moved apart: the sensor or the machine has changed`,
  'machine-changed': () => 'the machine no longer does what its model says; no single sensor explains it',
  'pattern-unusual': (name) => `${name} is unlike its healthy period`,
  'health-changed': (name) => `${name} has changed by more than its usual wandering`,
};
