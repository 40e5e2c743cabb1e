/** Every stage of the way to the disk at which an engine may be killed, by name. */

export interface Point {
  readonly name: string;
  /** How often a working engine passes it: some hundred times a second, or once in a second or two. */
  readonly passes: 'often' | 'rarely';
  readonly about: string;
}

export const points: readonly Point[] = [
  { name: 'journal.append', passes: 'often', about: 'a record is taken, nothing of it is written' },
  { name: 'journal.write', passes: 'often', about: 'a group is about to be written' },
  { name: 'journal.half', passes: 'often', about: 'half of a group is written' },
  { name: 'journal.flush', passes: 'often', about: 'a group is written, not flushed' },
  { name: 'journal.power', passes: 'often', about: 'the same, and the power fails: some part of it is left' },
  { name: 'journal.flushed', passes: 'often', about: 'a group is on the disk, the journal does not know it' },
  { name: 'acknowledge', passes: 'often', about: 'a message is on the disk, its sender is not told' },
  { name: 'segment.open', passes: 'rarely', about: 'a new segment is about to be made' },
  {
    name: 'segment.header',
    passes: 'rarely',
    about: 'a new segment has its header, the directory is not flushed',
  },
  { name: 'segment.made', passes: 'rarely', about: 'a new segment is there, without a record' },
  { name: 'release.before', passes: 'rarely', about: 'a segment that nobody needs is about to be deleted' },
  {
    name: 'release.after',
    passes: 'rarely',
    about: 'a segment is deleted, others that nobody needs are not',
  },
  { name: 'checkpoint.write', passes: 'rarely', about: 'a checkpoint is about to be written' },
  { name: 'checkpoint.half', passes: 'rarely', about: 'half of a checkpoint is written' },
  { name: 'checkpoint.flush', passes: 'rarely', about: 'a checkpoint is written, not flushed' },
  { name: 'checkpoint.rename', passes: 'rarely', about: 'a checkpoint is on the disk, beside its place' },
  {
    name: 'checkpoint.renamed',
    passes: 'rarely',
    about: 'a checkpoint is in its place, the directory is not flushed',
  },
  { name: 'history.write', passes: 'rarely', about: 'the history is being written' },
];

/** What can be made to go wrong until `mend`. */
export type Step = 'journal' | 'journal-flush' | 'checkpoint';

export type Order =
  /** Ends the process with SIGKILL at the point, once it was passed so often. `fraction`: of what a power cut leaves. */
  | { readonly kind: 'kill'; readonly point: string; readonly passes: number; readonly fraction: number }
  /** Makes a step fail with a code of the system, or take so long. */
  | { readonly kind: 'hinder'; readonly step: Step; readonly code?: string; readonly delayMs?: number }
  | { readonly kind: 'mend' }
  /** Exchanges versions of models from now on, or no more after the one under way. */
  | { readonly kind: 'swap' | 'rest' };
