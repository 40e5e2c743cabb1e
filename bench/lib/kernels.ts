/** Gemel's three kinds of kernels as candidates, and the figures of a contest: a line for each kind and peer. */

import { createNativeBackend } from '../../src/adapters/native/index.ts';
import { type Backend, webAssemblyBackend } from '../../src/core/kernel/index.ts';
import type { Model } from '../../src/core/model/index.ts';
import type { Candidate } from './contest.ts';
import { atLeastTimes, type Context, type Figure } from './report.ts';
import { wait } from './scope.ts';
import { createTwins, processorSeconds, type StepKind } from './twins.ts';

/** `wasm` fuses multiplication and addition, `strict` does not, `native` is C made by the compiler of the machine. */
export const kinds = ['wasm', 'strict', 'native'] as const;
export type Kind = (typeof kinds)[number];

/** In the order of the table. */
const peers = ['c-hand', 'c-same-graph', 'numpy', 'pydantic', 'cvode'] as const;
export type Peer = (typeof peers)[number];

export const twinCount = 16_384;

export async function ours(
  context: Context,
  model: Model,
  kind: StepKind,
): Promise<Record<Kind, Candidate | undefined>> {
  const native = await nativeBackend(context);
  return {
    wasm: await candidateOf(model, webAssemblyBackend('relaxed'), kind),
    strict: await candidateOf(model, webAssemblyBackend('strict'), kind),
    native: native && (await candidateOf(model, native, kind)),
  };
}

/** Undefined, and said, where kernels cannot be compiled. */
export async function nativeBackend({ scope, note }: Context): Promise<Backend | undefined> {
  const reasons: string[] = [];
  const backend = await createNativeBackend({
    fallback: webAssemblyBackend('relaxed'),
    onFallback: (reason) => reasons.push(reason),
    cacheDirectories: [scope.directory()],
  });
  if (reasons.length === 0) return backend;
  note(`native is left out: ${reasons.join()}`);
  return undefined;
}

async function candidateOf(model: Model, backend: Backend, kind: StepKind): Promise<Candidate> {
  const twins = createTwins(model, backend, { count: twinCount, kind });
  const run = (steps: number) => {
    twins.reset();
    const began = processorSeconds();
    twins.run(steps);
    const rate = (twinCount * steps) / (processorSeconds() - began) / 1e6;
    return { rate, states: twins.statesOf(0) };
  };
  for (let i = 0; i < 20; i++) {
    run(2);
    await wait(5);
  }
  return async (steps) => run(steps);
}

type Limits = Partial<Record<Kind, Partial<Record<Peer, number>>>>;

/** One figure a kind and peer that are there; without any peer one a kind. */
export function figuresOf(
  name: string,
  rates: Readonly<Record<string, number>>,
  limits: Limits,
): readonly Figure[] {
  return kinds.flatMap((kind): readonly Figure[] => {
    const value = rates[kind];
    if (value === undefined) return [];
    const own = { name: `${name}.${kind}`, value, unit: 'M steps/s' };
    const lines = peers.flatMap((peer) => {
      const rate = rates[peer];
      if (rate === undefined) return [];
      const figure: Figure = { ...own, peer: { name: peer, value: rate } };
      const limit = limits[kind]?.[peer];
      return [limit === undefined ? figure : atLeastTimes(limit, figure)];
    });
    return lines.length > 0 ? lines : [own];
  });
}
