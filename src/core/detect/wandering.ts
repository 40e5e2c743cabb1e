/** The states that nothing moves but their noise: health, fouling, efficiencies. */

import type { Model } from '../model/index.ts';

export interface WanderingState {
  readonly name: string;
  /** By number in the model. */
  readonly index: number;
  /** Standard deviations, SI: of a root second, and at the start. */
  readonly noise: number;
  readonly uncertainty: number;
}

export function wanderingStates({ states, equations }: Model): readonly WanderingState[] {
  const { graph, derivatives } = equations;
  return states.flatMap(({ name, noise, uncertainty }, index) => {
    const root = derivatives[index];
    if (noise === undefined || root === undefined) return [];
    const node = graph.node(root);
    return node.kind === 'constant' && node.value === 0 ? [{ name, index, noise, uncertainty }] : [];
  });
}
