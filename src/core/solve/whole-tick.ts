/**
 * A whole tick of a fixed-step model as one kernel, for ticks in which nothing comes from outside.
 *
 * In a small model most of a tick goes into storing what the next part loads again. Put end to end in one graph, the
 * parts hand it on in registers, and what a part writes only for a later one to overwrite is not computed at all.
 */

import { Graph, type NodeId } from '../graph/index.ts';
import type { Backend, Kernel, Program } from '../kernel/index.ts';
import { isAdaptive, type Model } from '../model/index.ts';
import { layoutOf } from './layout.ts';
import { beginTickProgram, endTickProgram, observeProgram, substepProgram } from './programs.ts';

/** From so many nodes on compiling it costs more than it gains. */
const nodesAtMost = 6000;

/**
 * `beginTick`, that many times `substep`, `endTick` and `observe` in one, for the lanes of a stepper of this model: the
 * same bits if the backend rounds every operation for itself. Several repetitions are as many ticks.
 *
 * Undefined for a method that chooses its steps, and where it would be too large to gain anything.
 */
export function createWholeTick(
  model: Model,
  { backend, substeps }: { readonly backend: Backend; readonly substeps: number },
): Kernel | undefined {
  if (isAdaptive(model.method)) return undefined;
  const layout = layoutOf(model);
  const substep = substepProgram(model, layout);
  if (!(substeps >= 1 && substeps * substep.graph.size <= nodesAtMost)) return undefined;
  return backend(
    inSequence([
      beginTickProgram(model, layout),
      ...Array.from({ length: substeps }, () => substep),
      endTickProgram(model, layout),
      observeProgram(model, layout),
    ]),
  );
}

/** One program that does what these do one after another. */
function inSequence(programs: readonly Program[]): Program {
  const graph = new Graph();
  const written = new Map<number, NodeId>();
  for (const program of programs) {
    const nodes = graph.adopt(
      program.graph,
      program.writes.map(({ node }) => node),
      written,
    );
    for (const [index, { slot }] of program.writes.entries()) {
      const node = nodes[index];
      if (node !== undefined) written.set(slot, node);
    }
  }
  return { graph, writes: [...written].map(([slot, node]) => ({ slot, node })) };
}
