/**
 * The peers of the kernel benchmarks: programs of their own, in C and Python, that print their rate in millions of steps a
 * second and then the states of twin 0. One that cannot be had is undefined, and said in a line.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilerFlags, programToC } from '../../src/core/kernel/index.ts';
import type { Candidate, Round } from './contest.ts';
import type { Context } from './report.ts';
import type { Finished } from './scope.ts';
import { programsOf, type StepKind, type Twins } from './twins.ts';

export const peersFolder = fileURLToPath(new URL('../peers', import.meta.url));
export const python = '/usr/bin/python3';

/** As one compiles C for speed, for the machine it runs on. */
export const optimised = ['-O3', '-march=native', '-ffast-math', '-fopenmp-simd'];

export interface HandOptions {
  readonly file: string;
  readonly twins: number;
  /** Vector functions that the program must call … */
  readonly calls?: readonly string[];
  /** … or, where it needs none, the function whose loop must be vectorised. */
  readonly vectorised?: string;
}

/** Hand-written C. @throws Error if the compiler did not vectorise it: the ratio would flatter us. */
export async function byHand(context: Context, options: HandOptions): Promise<Candidate | undefined> {
  const { scope, note } = context;
  const { file, twins, calls = [], vectorised } = options;
  const program = join(scope.directory(), 'peer');
  const source = join(peersFolder, file);
  const args = [...optimised, '-fopt-info-vec-optimized', source, '-lmvec', '-lm', '-o', program];
  const built = await compile(context, `c-hand (${file})`, args);
  if (!built) return undefined;
  if (vectorised !== undefined) {
    const loops = new RegExp(String.raw`${file}:\d+:\d+: optimized: +loop vectorized using (\d+) byte`, 'g');
    const [bytes] = [...built.stderr.matchAll(loops)].map(([, width]) => width);
    if (bytes === undefined) throw new Error(`${file}: the loop of ${vectorised} is not vectorised`);
    note(`c-hand (${file}) vectorises the loop of ${vectorised}: ${bytes} bytes at once`);
  }
  if (calls.length > 0) {
    const { stdout } = await scope.run('nm', ['-D', program]);
    const found = calls.map((name) => new RegExp(String.raw`_ZGV[a-zA-Z]N\d+v+_${name}\b`).exec(stdout)?.[0]);
    for (const [i, name] of calls.entries()) {
      if (found[i] === undefined)
        throw new Error(`${file} does not call a vector ${name}: it is no fair peer`);
    }
    note(`c-hand (${file}) vectorises: it calls ${found.join(', ')}`);
  }
  return async (steps) => roundOf(await scope.run(program, [`${twins}`, `${steps}`]));
}

/** Gemel's own programs as C, compiled as the native backend does it, into a program without Node. */
export async function sameGraph(
  context: Context,
  { model, stepper, memory, count, capacity }: Twins,
  kind: StepKind,
): Promise<Candidate | undefined> {
  const { scope } = context;
  const directory = scope.directory();
  const flags = compilerFlags('fast', 'gcc');
  const programs = programsOf(model);
  const objects: string[] = [];
  const names = kind === 'ticks' ? { beginTick: 'begin_tick', substep: 'substep', endTick: 'end_tick' } : {};
  for (const [part, name] of Object.entries({ substep: 'substep', ...names })) {
    const source = join(directory, `${name}.c`);
    const object = join(directory, `${name}.o`);
    writeFileSync(source, programToC(programs[part as keyof typeof programs], { mode: 'fast' }));
    const args = [...flags, `-Dkernel=${name}`, '-c', source, '-o', object];
    if (!(await compile(context, 'c-same-graph', args))) return undefined;
    objects.push(object);
  }
  const program = join(directory, 'same-graph');
  const main = join(peersFolder, 'same-graph.c');
  const define = kind === 'ticks' ? '-DTICKS' : '-DSUBSTEPS';
  // The kernels need GNU's C for their vector functions, the program around them POSIX for its clock.
  const args = ['-O3', '-std=gnu11', define, main, ...objects, '-lmvec', '-lm', '-o', program];
  if (!(await compile(context, 'c-same-graph', args))) return undefined;
  const start = join(directory, 'start.bin');
  writeFileSync(start, new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength));
  const { layout } = stepper;
  return async (steps) =>
    roundOf(
      await scope.run(
        program,
        [start, count, capacity, steps, layout.slots, layout.states, model.states.length].map(String),
      ),
    );
}

/** Compiles with gcc. Undefined, and said, if that cannot be done here. */
export async function compile(
  { scope, note }: Context,
  who: string,
  args: readonly string[],
): Promise<Finished | undefined> {
  const compiled = await scope.run('gcc', args, { env: { LC_ALL: 'C' } });
  if (compiled.code === 0) return compiled;
  const why =
    compiled.code === 'not started' ? 'there is no gcc' : compiled.stderr.match(/.*error.*/i)?.[0].trim();
  note(`${who} is left out: ${why ?? `gcc ended with ${compiled.code}`}`);
  return undefined;
}

/** An object a twin is so slow that a few must do. */
const pydanticTwins = 64;

/** bench/peers/kernel_peers.py, by Debian's Python. */
export async function inPython(
  { scope, note }: Context,
  { model, way, twins }: { readonly model: string; readonly way: string; readonly twins: number },
): Promise<Candidate | undefined> {
  const { code } = await scope.run(python, ['-c', `import ${way}`]);
  if (code !== 0) {
    note(`${way} is left out: it is not installed (apt-get install python3-${way})`);
    return undefined;
  }
  const count = way === 'pydantic' ? Math.min(pydanticTwins, twins) : twins;
  const script = join(peersFolder, 'kernel_peers.py');
  return async (steps) => roundOf(await scope.run(python, [script, model, way, `${count}`, `${steps}`]));
}

/** What a peer printed. @throws Error if it failed. */
export function roundOf({ code, stdout, stderr }: Finished): Round {
  const [rate = NaN, ...states] = stdout.trim().split('\n').map(Number);
  if (code !== 0 || !(rate > 0)) throw new Error(`a peer ended with ${code}: ${stderr}`);
  return { rate, states };
}
