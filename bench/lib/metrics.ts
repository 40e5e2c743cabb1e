/** Reads `/metrics` as Prometheus would, and takes the difference of two readings. */

export type Metrics = ReadonlyMap<string, number>;

/** Every sample by its name with labels, as it stands in the text. */
export async function scrape(http: string): Promise<Metrics> {
  const response = await fetch(`${http}/metrics`, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`GET /metrics answered ${response.status}`);
  const samples = (await response.text())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, number] => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    });
  return new Map(samples);
}

export interface Window {
  readonly before: Metrics;
  readonly after: Metrics;
}

/** How much a counter grew. @throws Error if there is no such counter: a renamed one must not read as 0. */
export function growth({ before, after }: Window, name: string): number {
  const value = after.get(name);
  if (value === undefined) throw new Error(`/metrics has no ${name}`);
  return value - (before.get(name) ?? 0);
}

/** The upper edge, in seconds, of the bucket in which a quantile of what was observed meanwhile lies. */
export function histogramQuantile(window: Window, name: string, q: number): number {
  const count = growth(window, `${name}_count`);
  const edges = [...window.after.keys()].flatMap((key) => {
    const [, edge] = key.startsWith(`${name}_bucket`) ? (/le="([^"]+)"/.exec(key) ?? []) : [];
    return edge === undefined ? [] : [{ key, seconds: edge === '+Inf' ? Infinity : Number(edge) }];
  });
  const sorted = edges.toSorted((a, b) => a.seconds - b.seconds);
  return sorted.find(({ key }) => growth(window, key) >= q * count)?.seconds ?? Number.NaN;
}
