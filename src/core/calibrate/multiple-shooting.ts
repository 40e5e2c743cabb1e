/**
 * Multiple shooting: the record in pieces, each simulated from states of its own, which are unknowns too and are drawn
 * together until the pieces join.
 *
 * Over a whole record a wrong parameter shows as an error that has long lost its meaning: an oscillation out of step, a
 * trajectory that has left for elsewhere. In a short piece it shows as it is. So the fit begins with pieces that may part from each
 * other, and ends, elsewhere, with the open loop that is wanted; here it only finds the valley.
 *
 * Notation  q unknowns · n states · S pieces · X_s where piece s ends · x_s where it starts, x_1 … x_{S−1} being the nodes
 *           rows: those of the data, and (X_{s−1} − x_s)/w of each join
 * Source    Bock, Numerical treatment of inverse problems in chemical reaction kinetics (1981) · for joins as squares instead of
 *           constraints: Ramsay et al., J. R. Statist. Soc. B 69 (2007).
 */

import type { Backend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { everyStart, type Unknown } from './free.ts';
import { addPriors, type Evaluation, type Objective, type RowRange, valuesOf } from './objective.ts';
import type { Recording } from './recording.ts';
import { type Leg, Sweep } from './sweep.ts';
import { Triangle } from './triangle.ts';

export interface ShootingOptions {
  readonly model: Model;
  readonly recording: Recording;
  readonly unknowns: readonly Unknown[];
  readonly rows: RowRange;
  /** σ of the measurements. */
  readonly deviations: readonly number[];
  readonly pieces: number;
  readonly backend: Backend;
  readonly tickSeconds?: number;
}

/** A join may be off by this part of how far its state moves, as one deviation. */
const looseness = 0.05;

export class MultipleShooting implements Objective {
  /** The unknowns, then the states at each join. */
  readonly extended: readonly Unknown[];
  readonly #options: ShootingOptions;
  readonly #sweep: Sweep;
  /** Parameters, then all starts: what a piece depends on. */
  readonly #local: readonly Unknown[];
  /** Rows at which pieces begin, and the last of all. */
  readonly #edges: readonly number[];

  /** @throws GemelError `MODEL_TOO_LARGE` */
  constructor(options: ShootingOptions) {
    const { model, recording, unknowns, rows, pieces, backend, tickSeconds } = options;
    this.#options = options;
    const starts = everyStart(model);
    this.#local = [...unknowns.filter(({ of }) => of === 'parameter'), ...starts];
    this.#sweep = new Sweep(model, recording, {
      unknowns: this.#local,
      backend,
      ...(tickSeconds === undefined ? {} : { tickSeconds }),
    });
    const count = Math.max(1, Math.min(pieces, Math.floor((rows.last - rows.first) / 2)));
    this.#edges = Array.from({ length: count + 1 }, (_, s) =>
      Math.round(rows.first + (s * (rows.last - rows.first)) / count),
    );
    const nodes = this.#edges.slice(1, -1).flatMap(() => starts);
    this.extended = [...unknowns, ...nodes.map(({ uncertainty: _known, ...node }) => node)];
  }

  /** A point of the unknowns with the states at the joins: as simulated, and as measured where a state is. */
  *extend(z: Float64Array): Generator<void, Float64Array> {
    const { model, unknowns, rows } = this.#options;
    const q = unknowns.length;
    const n = model.states.length;
    const point = new Float64Array(this.extended.length);
    point.set(z);
    let from = this.#localValues(point, 0);
    for (let s = 1; s < this.#edges.length - 1; s++) {
      const ends = new Float64Array(n);
      const leg = {
        values: from,
        fromRow: this.#edges[s - 1] ?? rows.first,
        toRow: this.#edges[s] ?? rows.last,
      };
      yield* this.#sweep.run(
        [leg],
        () => {},
        ({ state, value }) => {
          ends[state] = value;
        },
      );
      for (const [state, { start, min = -Infinity, max = Infinity }] of model.states.entries()) {
        const simulated = ends[state] ?? NaN;
        const measured = this.#measured(state, this.#edges[s] ?? 0);
        const wanted = measured ?? (Number.isFinite(simulated) ? simulated : start);
        const j = q + (s - 1) * n + state;
        point[j] = Math.min(max, Math.max(min, wanted)) / (this.extended[j]?.scale ?? NaN);
      }
      from = this.#localValues(point, s);
    }
    return point;
  }

  *evaluate(points: readonly Float64Array[]): Generator<void, Evaluation[]> {
    const { recording, rows, deviations, unknowns } = this.#options;
    const width = this.extended.length;
    const pieces = this.#edges.length - 1;
    const legs = points.flatMap((point) =>
      Array.from(
        { length: pieces },
        (_, s): Leg => ({
          values: this.#localValues(point, s),
          fromRow: this.#edges[s] ?? rows.first,
          toRow: this.#edges[s + 1] ?? rows.last,
        }),
      ),
    );
    const triangles = points.map(() => new Triangle(width));
    const squares = points.map(() => new Float64Array(recording.measurements.length));
    const counts = new Float64Array(recording.measurements.length);
    const line = new Float64Array(width + 1);
    yield* this.#sweep.run(
      legs,
      ({ leg, row, measurement, prediction, gradient }) => {
        const i = Math.floor(leg / pieces);
        const s = leg % pieces;
        const measured = recording.measurements[measurement]?.[row] ?? NaN;
        // The row of a join belongs to the piece that begins there.
        if (Number.isNaN(measured) || (row === this.#edges[s + 1] && s + 1 < pieces)) return;
        const sigma = deviations[measurement] ?? NaN;
        this.#spreadGradient(gradient, s, { line, factor: 1 / sigma });
        line[width] = (prediction - measured) / sigma;
        triangles[i]?.add(line);
        const sums = squares[i];
        if (sums !== undefined) sums[measurement] = (sums[measurement] ?? 0) + (prediction - measured) ** 2;
        if (i === 0) counts[measurement] = (counts[measurement] ?? 0) + 1;
      },
      ({ leg, state, value, gradient }) => {
        const i = Math.floor(leg / pieces);
        const s = leg % pieces;
        if (s + 1 === pieces) return;
        const j = this.#nodeAt(s + 1, state);
        const { scale = NaN } = this.extended[j] ?? {};
        const weight = 1 / (looseness * scale);
        this.#spreadGradient(gradient, s, { line, factor: weight });
        line[j] = (line[j] ?? 0) - scale * weight;
        line[width] = (value - (points[i]?.[j] ?? NaN) * scale) * weight;
        triangles[i]?.add(line);
      },
    );
    return points.map((point, i) => {
      const triangle = triangles[i] ?? new Triangle(width);
      addPriors(triangle, this.extended, point);
      const cost = triangle.squares();
      const finite = Number.isFinite(cost) && triangle.data.every(Number.isFinite);
      const meanSquares = [...(squares[i] ?? [])].map((square, k) => square / (counts[k] ?? 0));
      return {
        cost: finite ? cost : Infinity,
        triangle,
        meanSquares: unknowns.length > 0 ? meanSquares : [],
      };
    });
  }

  /** Place of a join's state among the extended unknowns. */
  #nodeAt(join: number, state: number): number {
    const { unknowns, model } = this.#options;
    return unknowns.length + (join - 1) * model.states.length + state;
  }

  /** What piece s depends on, SI: the parameters, and where its states start. */
  #localValues(point: Float64Array, s: number): Float64Array {
    const { model, unknowns } = this.#options;
    const values = valuesOf(this.extended, point);
    const parameters = unknowns.flatMap(({ of }, j) => (of === 'parameter' ? [values[j] ?? NaN] : []));
    const states = model.states.map(({ start }, state) => {
      if (s > 0) return values[this.#nodeAt(s, state)] ?? NaN;
      const j = unknowns.findIndex(({ of, index }) => of === 'start' && index === state);
      return j < 0 ? start : (values[j] ?? NaN);
    });
    return Float64Array.of(...parameters, ...states);
  }

  /** A gradient by what a piece depends on → a row by the extended unknowns. */
  #spreadGradient(
    gradient: Float64Array,
    s: number,
    { line, factor }: { readonly line: Float64Array; readonly factor: number },
  ): void {
    const { unknowns, model } = this.#options;
    line.fill(0);
    const first = this.#local.length - model.states.length;
    let parameter = 0;
    for (const [j, { of, index, scale }] of unknowns.entries()) {
      if (of === 'parameter') line[j] = (gradient[parameter++] ?? NaN) * scale * factor;
      else if (s === 0) line[j] = (gradient[first + index] ?? NaN) * scale * factor;
    }
    if (s === 0) return;
    for (const state of model.states.keys()) {
      const j = this.#nodeAt(s, state);
      line[j] = (gradient[first + state] ?? NaN) * (this.extended[j]?.scale ?? NaN) * factor;
    }
  }

  /** A state at a row, if a measurement is just that state. */
  #measured(state: number, row: number): number | undefined {
    const { model, recording } = this.#options;
    const { graph, slots, predictions } = model.equations;
    for (const [index, prediction] of predictions.entries()) {
      const node = graph.node(prediction);
      if (node.kind !== 'load' || node.slot !== slots.states + state) continue;
      const value = recording.measurements[index]?.[row] ?? NaN;
      if (!Number.isNaN(value)) return value;
    }
    return undefined;
  }
}
