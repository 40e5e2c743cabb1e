/**
 * Who it was: a frame that came out otherwise than recorded is compared, twin by twin, with what the history has of its
 * moment.
 *
 * Of each twin the history has one tick in five seconds or so, rounded as readers saw it; so a twin is named at the first of them
 * where it shows.
 */

import type { Model, Signal } from '../../core/model/index.ts';
import { roundShown } from '../../core/units/index.ts';
import {
  createSnapshot,
  createSnapshotView,
  type Difference,
  type History,
  type SnapshotView,
} from '../../engine/index.ts';
import type { OtherFrame } from './frames.ts';

/** The history is asked for so much time at once, and for so many twins. */
const limits = { chunkMs: 60_000, together: 100 } as const;

interface Known {
  readonly model: Model;
  readonly view: SnapshotView;
}

/** When a twin was recorded, from the beginning of a chunk on. */
interface Chunk {
  readonly fromMs: number;
  readonly timesMs: ReadonlySet<number>;
}

export class Culprits {
  readonly #history: Pick<History, 'points'>;
  readonly #onFound: (difference: Difference) => void;
  readonly #models: ReadonlyMap<string, Known>;
  readonly #named = new Set<string>();
  readonly #chunks = new Map<string, Chunk>();
  #looking: Promise<void> = Promise.resolve();

  constructor(
    history: Pick<History, 'points'>,
    models: readonly Model[],
    onFound: (difference: Difference) => void,
  ) {
    this.#history = history;
    this.#onFound = onFound;
    this.#models = new Map(models.map((model) => [model.id, { model, view: createSnapshotView(model) }]));
  }

  /** Looks at a frame after those before it. Resolves once it has. */
  look(frame: OtherFrame): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look(frame));
    return this.#looking;
  }

  async #look(frame: OtherFrame): Promise<void> {
    const known = this.#models.get(frame.model);
    if (known === undefined) return;
    const lanes = frame.twins.flatMap((twin, lane) => (this.#named.has(twin) ? [] : [{ twin, lane }]));
    for (let at = 0; at < lanes.length; at += limits.together)
      await Promise.all(lanes.slice(at, at + limits.together).map((one) => this.#ask(one, frame, known)));
  }

  async #ask(
    { twin, lane }: { readonly twin: string; readonly lane: number },
    { values, twins, dueMs }: OtherFrame,
    { model, view }: Known,
  ): Promise<void> {
    if (!(await this.#isRecorded(twin, model, dueMs))) return;
    const snapshot = createSnapshot(twin, view, { values, lanes: twins.length }, lane);
    const seen = [
      ...model.states.map((signal) => ({ signal, value: snapshot.state(signal.name) })),
      ...model.outputs.map((signal) => ({ signal, value: snapshot.output(signal.name) })),
    ];
    for (const { signal, value } of seen) {
      const recorded = await this.#valueAt(twin, signal, dueMs);
      const replayed = roundShown(value, signal.unit);
      if (recorded === undefined || Object.is(recorded, replayed)) continue;
      this.#named.add(twin);
      this.#onFound({ twin, atMs: dueMs, what: signal.name, unit: signal.unit.symbol, recorded, replayed });
      return;
    }
  }

  async #isRecorded(twin: string, model: Model, dueMs: number): Promise<boolean> {
    const fromMs = Math.floor(dueMs / limits.chunkMs) * limits.chunkMs;
    let chunk = this.#chunks.get(twin);
    if (chunk?.fromMs !== fromMs) {
      const [signal] = model.states;
      const span = { twin, signal: signal?.name ?? '', fromMs, toMs: fromMs + limits.chunkMs };
      const { timesMs } = await this.#history.points(span, limits.chunkMs);
      chunk = { fromMs, timesMs: new Set(timesMs) };
      this.#chunks.set(twin, chunk);
    }
    return chunk.timesMs.has(dueMs);
  }

  async #valueAt(twin: string, { name }: Signal, dueMs: number): Promise<number | undefined> {
    const { values } = await this.#history.points({ twin, signal: name, fromMs: dueMs, toMs: dueMs + 1 }, 1);
    return values[0];
  }
}
