/** What `gemel history export` and `import` share. */

/** What is said, or else how the name of the file ends. */
export function formatOf(said: 'csv' | 'parquet' | undefined, file: string | undefined): 'csv' | 'parquet' {
  return said ?? (/\.(parquet|pq)$/i.test(file ?? '') ? 'parquet' : 'csv');
}

/** What goes wrong is thrown where it is met; only the rest is told. */
export function warn({ level, message }: { readonly level: string; readonly message: string }): void {
  if (level === 'warning') process.stderr.write(`gemel: ${message}\n`);
}

/** `1 sample`, `86,400 samples`. */
export function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
