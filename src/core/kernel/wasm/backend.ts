/**
 * The WebAssembly backend: kernels that step two lanes an instruction, four instructions side by side.
 *
 * A kernel works on the memory that `allocate` gives. It takes any other too, through a copy of the lanes. Modules are
 * cached by their bytes, so that a model compiled again (another block, another revision of a document) costs nothing.
 */

import { assertInvariant, GemelError } from '../../diagnose/index.ts';
import { checkLanes, checkWrites } from '../check.ts';
import type { Backend, Kernel, Lanes, Program } from '../kernel.ts';
import type { WasmApi, WasmMemory, WasmModule } from './host.ts';
import { webAssembly } from './host.ts';
import type { Arithmetic, KernelModule } from './module.ts';
import { encodeProgram, hostFunctions } from './module.ts';

/** Modules kept for programs to come. */
const cacheLimit = 64;
/** Group steps in one call: a few milliseconds. V8 puts its faster code in place only when a function is called. */
const stepsPerCall = 4096;
const pageBytes = 65_536;
const laneBytes = 8;
/** Allocations up to this share a memory: hosts have room for some ten thousand memories, however small. */
const smallBytes = 65_536;
const sharedBytes = 1_048_576;
/** What the processor moves at once. */
const lineBytes = 64;

/**
 * The backend for one kind of arithmetic. Its kernels share nothing but the cache of modules.
 *
 * @throws GemelError `KERNEL_UNAVAILABLE`, also from the backend itself, if the machine has no WebAssembly with SIMD, or,
 * for `relaxed`, no relaxed SIMD.
 */
export function webAssemblyBackend(arithmetic: Arithmetic): Backend {
  const api = webAssembly();
  if (api === undefined) throw unavailable(arithmetic);
  const memories = new WeakMap<ArrayBufferLike, WasmMemory>();
  const compile = (program: Program): Kernel => {
    checkWrites(program);
    const encoded = encodeProgram(program, arithmetic);
    return new WasmKernel(api, memories, { ...encoded, arithmetic }).kernel;
  };
  let shared: { readonly buffer: ArrayBuffer; used: number } | undefined;
  const allocate = (length: number): Float64Array => {
    const bytes = Math.ceil((length * laneBytes) / lineBytes) * lineBytes;
    const own = bytes > smallBytes;
    if (own || shared === undefined || shared.used + bytes > sharedBytes) {
      const memory = memoryFor(api, own ? length : sharedBytes / laneBytes);
      memories.set(memory.buffer, memory);
      if (own) return new Float64Array(memory.buffer, 0, length);
      shared = { buffer: memory.buffer, used: 0 };
    }
    shared.used += bytes;
    return new Float64Array(shared.buffer, shared.used - bytes, length);
  };
  return Object.assign(compile, {
    allocate,
    arithmetic: `wasm ${arithmetic === 'strict' ? 'strict' : 'fused'}`,
  });
}

interface Encoded extends KernelModule {
  readonly arithmetic: Arithmetic;
}

// The functions of a module take plain numbers; an object for them would be an allocation a call.
// oxlint-disable-next-line max-params
type Run = (pointer: number, stride: number, count: number, times: number, second?: number) => void;

interface Functions {
  readonly fast: Run;
  readonly careful: Run;
}

/** By the constructor that made them: another host's modules are not these. */
const modulesOf = new WeakMap<WasmApi['Module'], Map<string, WasmModule>>();

function moduleFor(api: WasmApi, { bytes, arithmetic }: Encoded): WasmModule {
  const modules = modulesOf.get(api.Module) ?? new Map<string, WasmModule>();
  modulesOf.set(api.Module, modules);
  const key = keyOf(bytes);
  const module = modules.get(key) ?? compiled(api, bytes, arithmetic);
  // Set again, it is the newest: the oldest stand first.
  modules.delete(key);
  modules.set(key, module);
  for (const oldest of modules.keys()) {
    if (modules.size <= cacheLimit) break;
    modules.delete(oldest);
  }
  return module;
}

function compiled(api: WasmApi, bytes: Uint8Array<ArrayBuffer>, arithmetic: Arithmetic): WasmModule {
  try {
    return new api.Module(bytes);
  } catch (error) {
    throw unavailable(arithmetic, error);
  }
}

function unavailable(arithmetic: Arithmetic, cause?: unknown): GemelError {
  const kind = arithmetic === 'relaxed' ? 'WebAssembly with relaxed SIMD' : 'WebAssembly with SIMD';
  return new GemelError('KERNEL_UNAVAILABLE', `this machine does not run ${kind}`, { cause });
}

/** The bytes as text, one to a character: a map compares its keys to the last of them. */
function keyOf(bytes: Uint8Array<ArrayBuffer>): string {
  const parts: string[] = [];
  const part = 8192;
  for (let start = 0; start < bytes.length; start += part) {
    // Not spread, which would go through an iterator: a tenth of the time.
    parts.push(String(Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, start + part))));
  }
  return parts.join('');
}

function memoryFor(api: WasmApi, length: number): WasmMemory {
  const pages = Math.max(1, Math.ceil((length * laneBytes) / pageBytes));
  try {
    return new api.Memory({ initial: pages, maximum: pages });
  } catch (error) {
    throw new GemelError('MEMORY_EXHAUSTED', `${length} numbers do not fit into memory`, { cause: error });
  }
}

class WasmKernel {
  readonly #api: WasmApi;
  readonly #memories: WeakMap<ArrayBufferLike, WasmMemory>;
  readonly #encoded: Encoded;
  readonly #module: WasmModule;
  readonly #instances = new WeakMap<ArrayBufferLike, Functions>();
  /** The memory of the last call, and its functions. */
  #lastBuffer: ArrayBufferLike | undefined;
  #lastFunctions: Functions | undefined;
  #copy: Float64Array | undefined;

  constructor(api: WasmApi, memories: WeakMap<ArrayBufferLike, WasmMemory>, encoded: Encoded) {
    this.#api = api;
    this.#memories = memories;
    this.#encoded = encoded;
    this.#module = moduleFor(api, encoded);
  }

  readonly kernel: Kernel = (lanes, repetitions = 1) => {
    checkLanes(lanes, this.#encoded.slots);
    if (!(repetitions >= 1) || lanes.from === lanes.to) return;
    const functions = this.#functionsFor(lanes.memory.buffer);
    if (functions) this.#run(functions, lanes, repetitions);
    else this.#runOnCopy(lanes, repetitions);
  };

  #functionsFor(buffer: ArrayBufferLike): Functions | undefined {
    if (buffer === this.#lastBuffer) return this.#lastFunctions;
    let functions = this.#instances.get(buffer);
    if (functions === undefined) {
      const memory = this.#memories.get(buffer);
      if (memory === undefined) return undefined;
      functions = this.#instantiate(memory);
      this.#instances.set(buffer, functions);
    }
    this.#lastBuffer = buffer;
    this.#lastFunctions = functions;
    return functions;
  }

  #instantiate(memory: WasmMemory): Functions {
    const host = { memory, ...Object.fromEntries(hostFunctions.map((name) => [name, Math[name]])) };
    const { exports } = new this.#api.Instance(this.#module, { host });
    // The module's own exports, known by construction.
    return exports as unknown as Functions;
  }

  #run({ fast, careful }: Functions, { memory, capacity, from, to }: Lanes, repetitions: number): void {
    const { groupLanes } = this.#encoded;
    const stride = capacity * laneBytes;
    const start = memory.byteOffset;
    for (let left = repetitions; left > 0; left -= stepsPerCall) {
      const times = Math.min(left, stepsPerCall);
      const lanesPerCall = groupLanes * Math.max(1, Math.floor(stepsPerCall / times));
      let lane = from;
      while (to - lane >= groupLanes) {
        const groups = Math.floor(Math.min(to - lane, lanesPerCall) / groupLanes);
        fast(start + lane * laneBytes, stride, groups, times);
        lane += groups * groupLanes;
      }
      const vectors = (to - lane) >> 1;
      if (vectors > 0) careful(start + lane * laneBytes, stride, vectors, times, laneBytes);
      lane += 2 * vectors;
      if (lane < to) careful(start + lane * laneBytes, stride, 1, times, 0);
    }
  }

  /** Copies what the program touches into a memory of this kernel's own, and back. */
  #runOnCopy({ memory, capacity, from, to }: Lanes, repetitions: number): void {
    const count = to - from;
    const length = this.#encoded.slots * count;
    if (this.#copy === undefined || this.#copy.length < length) {
      const own = memoryFor(this.#api, length);
      this.#memories.set(own.buffer, own);
      this.#copy = new Float64Array(own.buffer);
    }
    const copy = this.#copy;
    for (const slot of this.#encoded.touched) {
      for (let lane = 0; lane < count; lane++)
        copy[slot * count + lane] = memory[slot * capacity + from + lane] ?? NaN;
    }
    const functions = this.#functionsFor(copy.buffer);
    assertInvariant(functions !== undefined, 'a kernel has functions for its own memory');
    this.#run(functions, { memory: copy, capacity: count, from: 0, to: count }, repetitions);
    for (const slot of this.#encoded.touched) {
      for (let lane = 0; lane < count; lane++)
        memory[slot * capacity + from + lane] = copy[slot * count + lane] ?? NaN;
    }
  }
}
