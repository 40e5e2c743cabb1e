/** Codes about twins that run: steps, checkpoints, workers. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const runningCodes = {
  ALARM_STATE: {
    title: 'alarm in another state',
    cause:
      'What was asked of an alarm does not fit its state: it is acknowledged already, or is not shelved.',
    remedy: 'Look at the alarm again: somebody else may have been quicker.',
  },
  ALARM_TIME: {
    title: 'shelving time',
    cause: 'An alarm was to be shelved until a time that is past, or for longer than the project allows.',
    remedy: 'Give a time in the future, within `alarms.shelve_at_most` (24 h unless set).',
  },
  ALARM_UNKNOWN: {
    title: 'unknown alarm',
    cause: 'There is no alarm with this id: it never came up, or was forgotten to make room.',
    remedy:
      'Take the id from `GET /api/v1/alarms`; it may have a `~`, and is written in an address as it is.',
  },
  CHECKPOINT_CORRUPT: {
    title: 'corrupt checkpoint',
    cause:
      'A checkpoint file does not match its checksum, or was written by a version that is not understood.',
    remedy:
      'Gemel falls back to the checkpoint before it, or to the newest of `archive/`, and the journal makes up for the rest; delete the directory only to start the twins afresh.',
  },
  CHECKPOINT_LOCKED: {
    title: 'checkpoints in use',
    cause: 'Another process keeps its checkpoints in this directory.',
    remedy: 'Stop the other process, or give each project a directory of its own.',
  },
  CHECKPOINT_UNWRITABLE: {
    title: 'checkpoint not written',
    cause:
      'A checkpoint could not be written: the disk is full or read-only, or the right to write is missing.',
    remedy: 'Free some space or give the right; the twins run on, and the next checkpoint is tried again.',
  },
  EVENT_CHATTER: {
    title: 'events without end',
    cause:
      'A `when` clause, or a state at its bound, goes off again and again while the time stands still, so that the simulation cannot go on.',
    remedy:
      'Give the condition some hysteresis, let the reset end the motion, or use a fixed step (`method: rk4`), which looks at conditions once a step.',
  },
  FLEET_BUSY: {
    title: 'too many steps',
    cause: 'More steps by hand wait for their worker than it may have before it.',
    remedy: 'Wait for the answers to earlier steps before asking for more.',
  },
  FLEET_STOPPED: {
    title: 'engine stopped',
    cause: 'A call came after the engine was stopped.',
    remedy: 'Start it again, or do not call it after `stop()`.',
  },
  HISTORY_FILE: {
    title: 'file not taken',
    cause:
      'The file is no CSV or Parquet that can be read, or some of its samples cannot be taken. None of them was.',
    remedy: 'Correct the rows that are named. docs/history.md says what columns there are.',
  },
  HISTORY_UNAVAILABLE: {
    title: 'history not available',
    cause:
      'The history cannot be read or written now: its file cannot be opened, its database is away or refuses, or too many ask at once.',
    remedy: 'Look at the log for the reason, and ask again. The twins run on.',
  },
  JOURNAL_CORRUPT: {
    title: 'damaged journal',
    cause: 'Records in the middle of the journal cannot be read: the disk, or somebody, has changed them.',
    remedy:
      'What can be read is kept and used. Look at the place with `gemel journal verify`, check the disk, and restore the segment from a copy if there is one.',
  },
  JOURNAL_MISSING: {
    title: 'no journal',
    cause:
      'There is no segment of a journal in the directory: the project has not run yet, its journal is switched off, or another directory was meant.',
    remedy: 'Name the directory of a project that has run, or of its journal.',
  },
  JOURNAL_RECORD_TOO_LARGE: {
    title: 'record too large',
    cause: 'A record of more than 16 MiB was to be written to the journal.',
    remedy: 'Split it into several records.',
  },
  JOURNAL_UNWRITABLE: {
    title: 'journal not written',
    cause:
      'The journal could not be written: the disk is full or read-only, or the right to write is missing.',
    remedy:
      'Free some space or give the right. Until then senders get no acknowledgement and send again; nothing that was acknowledged is lost.',
  },
  KERNEL_UNAVAILABLE: {
    title: 'kernel not available',
    cause: 'This machine or this browser cannot run the kind of kernel that was asked for.',
    remedy: 'Leave the choice of the kernel out, or take one that the message names.',
  },
  MEMORY_EXHAUSTED: {
    title: 'not enough memory',
    cause: 'The memory for the twins of one block could not be had.',
    remedy: 'Run fewer twins on this machine, or give it, or its container, more memory.',
  },
  METHOD_UNSUITABLE: {
    title: 'method not suitable',
    cause:
      'What was asked for needs a step of fixed length, and the model is integrated by a method that chooses its own.',
    remedy: 'Give the model `solver: { method: rk4 }` with a step short enough for it.',
  },
  PAST_AHEAD: {
    title: 'moment in the future',
    cause: 'A request asks with `?at=` for a moment that has not come yet.',
    remedy:
      'Ask for a moment before now, or leave `at` out for the present. `at=-10min` means ten minutes ago.',
  },
  PAST_UNKNOWN: {
    title: 'moment not recorded',
    cause:
      'A request asks with `?at=` for a moment before the history begins, for which it was too short a time kept, or at which the twin was not there.',
    remedy: 'Ask for a later moment. How long is kept stands under `history` in gemel.yaml.',
  },
  REPLAY_KERNEL: {
    title: 'kernel of the past not here',
    cause:
      'What computed the twins then (native code, or fused operations) does not run on this computer, and another kernel gives other last bits.',
    remedy:
      'Replay where it was recorded, or with `--kernel wasm`, which compares nothing; a project with `kernel: wasm` can be replayed everywhere.',
  },
  REPLAY_UNAVAILABLE: {
    title: 'nothing to replay',
    cause:
      'There is no checkpoint to begin with, the journal no longer has what came after it, or nothing came.',
    remedy:
      'Ask for a later `--from`; `journal.keep` and `checkpoint.archive` say how far back a replay can begin.',
  },
  ROLLOUTS_FILE: {
    title: 'rollouts not readable',
    cause: 'The file of the rollouts, beside the checkpoints, is not what Gemel wrote.',
    remedy:
      'Put back a copy of rollouts.json, or move it away: twins then keep the versions that they run, and nothing watches them.',
  },
  ROLLOUT_EXISTS: {
    title: 'rollout exists',
    cause: 'There is a rollout of this name, or was one: what became of it is kept.',
    remedy: 'Give this one another name.',
  },
  ROLLOUT_INVALID: {
    title: 'not a rollout',
    cause: 'The name, the percentage, the watch or the share of a rollout is not one that it can have.',
    remedy: 'Correct it as the message says.',
  },
  ROLLOUT_LIMIT: {
    title: 'too many rollouts',
    cause: 'As many rollouts are kept as may be, and none of them has ended.',
    remedy: 'End those that are over: `gemel rollout end`.',
  },
  ROLLOUT_STATE: {
    title: 'rollout in another state',
    cause:
      'What was asked of a rollout cannot be done in its state, such as promoting one that was rolled back.',
    remedy: 'Look at the rollout again; docs/model-versions.md has a table of what can be done when.',
  },
  ROLLOUT_TWINS: {
    title: 'not these twins',
    cause:
      'No twin, or not the twin that was named, can take part in a rollout: it runs another model, this version already, or is in another rollout.',
    remedy: 'Name twins that run an earlier version, or end the rollout in which they are.',
  },
  ROLLOUT_UNKNOWN: {
    title: 'unknown rollout',
    cause: 'There is no rollout of this name, or it ended so long ago that it is no longer kept.',
    remedy: 'List them: `gemel rollout list`.',
  },
  STEP_IMPOSSIBLE: {
    title: 'no step is small enough',
    cause:
      'A method that chooses its steps itself found none that keeps the tolerance, or needed more than 100,000 in one tick.',
    remedy:
      'Look for a pole or a growth without bound near the time and state shown; raise the tolerance; or use `method: auto` if the equations are stiff.',
  },
  STEP_INVALID: {
    title: 'step not possible',
    cause:
      'A step by hand is not a positive time, takes too many substeps, or has a value that its input cannot take.',
    remedy: 'Give a time within the limits shown, and finite values within the bounds of the inputs.',
  },
  STEP_NOT_FINITE: {
    title: 'step left the finite numbers',
    cause: 'A step by hand would make a state infinite or not a number; the twin was left as it was.',
    remedy: 'Check the inputs, or take a shorter step.',
  },
  STEP_UNSTABLE: {
    title: 'unstable step',
    cause:
      "The step of a twin's fixed-step method is longer than its fastest mode allows, so that its states would swing ever wider by the method's own doing; with `euler` and a swing without damping every step is. It is an error where the equations are linear, and a warning where it is so at the start and may change with the state.",
    remedy:
      'Set `solver.step` to at most the step shown, or `solver.method` to `auto` (or `rk4` instead of `euler`), or give the twin a shorter period.',
  },
  TRIAL_INVALID: {
    title: 'not another version',
    cause: 'The version that is to run in the shadow of a twin is the one that the twin runs.',
    remedy: 'Name another version of the model.',
  },
  TRIAL_RUNS: {
    title: 'trial under way',
    cause: 'Another version runs in the shadow of the twin already: there can be one at a time.',
    remedy: 'End that trial, or promote it, before another begins.',
  },
  TRIAL_SIGNALS: {
    title: 'bound signals missing',
    cause:
      'The twin has bindings of signals that the new version does not have, so their samples would be lost.',
    remedy: 'Give the version these inputs and measurements, or take the bindings out of the project.',
  },
  TRIAL_UNKNOWN: {
    title: 'no trial',
    cause:
      'No other version runs in the shadow of the twin, so there is nothing to promote, to roll back or to end.',
    remedy: 'Begin a trial first.',
  },
  TWINS_FILE: {
    title: 'added twins not readable',
    cause:
      'The file `twins.json` beside the checkpoints, in which twins added and removed over the API are kept, is not what was written.',
    remedy: 'Correct what the message names, or delete the file: then the twins of gemel.yaml count alone.',
  },
  TWIN_UNKNOWN: {
    title: 'unknown twin',
    cause: 'No twin of this name runs here.',
    remedy: 'Correct the name, or add the twin to `twins:`.',
  },
  TWIN_WAITING: {
    title: 'twin waits for an input',
    cause: 'A twin cannot be computed, since an input has no default, no configured value and no sample yet.',
    remedy: 'Send a sample, or give the input a value under `inputs:`.',
  },
  WORKER_FAILED: {
    title: 'worker failed',
    cause: 'A worker thread that computes twins has ended unexpectedly; its twins stand still.',
    remedy:
      'A worker is started again up to three times in ten minutes; after that restart Gemel, and the twins go on from their checkpoint. Report what the message says.',
  },
} satisfies Record<string, CatalogueEntry>;
