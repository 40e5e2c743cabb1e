/** Records of plain numbers. */

/** Adds to one number of a record, in place. */
export function add(memory: Float64Array, at: number, by: number): void {
  memory[at] = (memory[at] ?? 0) + by;
}
