/**
 * The part of the WebAssembly API that is used here, which every host has but this layer's types do not know.
 *
 * Source    WebAssembly JavaScript Interface 2.0 (W3C).
 */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface WasmApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => WasmInstance;
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
}

/** Undefined where the host has none, or forbids it. */
export function webAssembly(): WasmApi | undefined {
  const host: { readonly WebAssembly?: WasmApi } = globalThis as object;
  return host.WebAssembly;
}
