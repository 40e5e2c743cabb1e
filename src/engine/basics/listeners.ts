/** Whoever wants to be told. */

/** @returns the function that ends it. */
export function listen<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
