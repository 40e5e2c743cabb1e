/** Calls into a compiled library, through koffi: the one file that knows the foreign function interface. */

/** Runs a kernel over the lanes. The array's memory is handed over as it lies; nothing is copied. */
export type Run = (memory: Float64Array, capacity: number, from: number, to: number) => void;

/** Loads a library. @throws Error if it is none, or has no kernel. */
export type Open = (path: string) => Run;

/** Rejects where koffi has nothing for this platform. */
export async function loadInterface(): Promise<Open> {
  const { load } = await import('koffi');
  return (path) => {
    try {
      const found = load(path).func(
        'void kernel(double *memory, int64_t capacity, int64_t from, int64_t to)',
      );
      return (memory, capacity, from, to) => {
        found(memory, capacity, from, to);
      };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`the compiled library does not load: ${message}`, { cause: error });
    }
  };
}
