/**
 * The native backend: a program → C → a library in the cache → a kernel.
 *
 * It never stands in the way: where a program cannot be compiled, for whatever reason, the reason is told once and
 * this program and all later ones go to another backend. Kernels that were made before stay.
 */

import {
  type Backend,
  checkLanes,
  type CMode,
  type Kernel,
  type Program,
  programToC,
  slotsOf,
} from '../../core/kernel/index.ts';
import { openCache } from './cache.ts';
import { createCompiler } from './compiler.ts';
import { loadInterface, type Open } from './library.ts';

export interface NativeOptions {
  /** Makes the kernels that cannot be compiled. */
  readonly fallback: Backend;
  /** Told at most once, the reason as a sentence without its full stop. */
  readonly onFallback: (reason: string) => void;
  /** Default `fast`. */
  readonly mode?: CMode;
  /** Names or paths to try in this order. Default `cc`, `gcc`, `clang`. */
  readonly compilers?: readonly string[];
  /** Where libraries are kept. Default: `gemel/kernels` in the user's cache, else a directory of the user's own in the system's temporary one. */
  readonly cacheDirectories?: readonly string[];
  /** A compiler that takes longer is ended. Default 60 s. */
  readonly compileLimitMs?: number;
  /** Loads the foreign function interface. */
  readonly load?: () => Promise<Open>;
}

/** Resolves always; without a compiler every program goes to the fallback. */
export async function createNativeBackend(options: NativeOptions): Promise<Backend> {
  const { fallback, onFallback, load = loadInterface } = options;
  let failed = false;
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      failed = true;
      onFallback(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const open = await load().catch((error: unknown) =>
    attempt<Open>(() => fail('koffi does not load', error)),
  );
  const compile = open && attempt(() => compilerOf(options, open));
  const backend = (program: Program): Kernel => {
    const slots = slotsOf(program);
    // Models without discrete states have programs that do nothing.
    if (program.writes.length === 0) return (lanes) => checkLanes(lanes, slots);
    const kernel = failed || !compile ? undefined : attempt(() => compile(program, slots));
    return kernel ?? fallback(program);
  };
  // The memory is the fallback's, so that its kernels are at home in it too.
  return Object.assign(backend, {
    allocate: (length: number) => fallback.allocate(length),
    arithmetic: failed || !compile ? fallback.arithmetic : `native ${options.mode ?? 'fast'}`,
  });
}

function fail(what: string, error: unknown): never {
  throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

function compilerOf(options: NativeOptions, open: Open): (program: Program, slots: number) => Kernel {
  const { mode = 'fast' } = options;
  const compiler = createCompiler({ ...options, mode });
  const cache = openCache(options.cacheDirectories);
  return (program, slots) => {
    const text = programToC(program, { mode });
    const library = cache.get({ text, salt: compiler.identity }, (target) => compiler.compile(target));
    const run = open(library);
    return (lanes, repetitions = 1) => {
      checkLanes(lanes, slots);
      run(lanes.memory, lanes.capacity, lanes.from, lanes.to, repetitions);
    };
  };
}
