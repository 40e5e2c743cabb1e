/** Calls into a compiled library, through koffi: the one file that knows the foreign function interface. */

/** Runs a kernel over the lanes, that many times. The array's memory is handed over as it lies; nothing is copied. */
// The function in C takes plain numbers; an object for them would be an allocation a call.
// oxlint-disable-next-line max-params
type Run = (memory: Float64Array, capacity: number, from: number, to: number, times: number) => void;

/** Loads a library. @throws Error if it is none, or has no kernel. */
export type Open = (path: string) => Run;

/** Rejects where koffi has nothing for this platform. */
export async function loadInterface(): Promise<Open> {
  const { load } = await import('koffi');
  return (path) => {
    try {
      const found = load(path).func(
        'void kernel(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times)',
      );
      // oxlint-disable-next-line max-params
      return (memory, capacity, from, to, times) => {
        found(memory, capacity, from, to, times);
      };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`the compiled library does not load: ${message}`, { cause: error });
    }
  };
}
