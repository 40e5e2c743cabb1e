/**
 * Sorts intermediate equations so that each comes after what it reads, and finds loops.
 *
 * Source    Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972): strongly
 *           connected components come out in the order wanted. Iterative, so a long chain cannot overflow
 *           the stack.
 */

export interface Order {
  /** Names without a loop among them, each after what it reads. */
  readonly sorted: readonly string[];
  /** Each loop's members, in an order in which each reads the next. */
  readonly loops: readonly (readonly string[])[];
}

/** `reads(name)` gives the names of other equations that `name` reads; unknown names are skipped. */
export function sortEquations(names: readonly string[], reads: (name: string) => readonly string[]): Order {
  const known = new Set(names);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const sorted: string[] = [];
  const loops: string[][] = [];

  for (const root of names) {
    if (index.has(root)) continue;
    const path: { name: string; rest: string[] }[] = [];
    const enter = (name: string): void => {
      index.set(name, index.size);
      low.set(name, index.size - 1);
      open.push(name);
      isOpen.add(name);
      path.push({ name, rest: reads(name).filter((it) => known.has(it)) });
    };
    enter(root);
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const next = at.rest.pop();
      if (next !== undefined) {
        if (!index.has(next)) enter(next);
        else if (isOpen.has(next)) lower(low, at.name, index.get(next));
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent) lower(low, parent.name, low.get(at.name));
      if (low.get(at.name) !== index.get(at.name)) continue;
      const members = open.splice(open.indexOf(at.name));
      for (const member of members) isOpen.delete(member);
      if (members.length > 1 || reads(at.name).includes(at.name))
        loops.push(cycleThrough(at.name, members, reads));
      else sorted.push(at.name);
    }
  }
  return { sorted, loops };
}

function lower(low: Map<string, number>, name: string, to: number | undefined): void {
  if (to !== undefined && to < (low.get(name) ?? Infinity)) low.set(name, to);
}

/** A shortest way from `start` back to itself within one component: what to show of a large knot. */
function cycleThrough(
  start: string,
  members: readonly string[],
  reads: (name: string) => readonly string[],
): string[] {
  const inside = new Set(members);
  const from = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const next of reads(name)) {
      if (next === start) {
        const cycle = [name];
        for (let at = from.get(name); at !== undefined; at = from.get(at)) cycle.unshift(at);
        return cycle;
      }
      if (inside.has(next) && !from.has(next)) {
        from.set(next, name);
        queue.push(next);
      }
    }
  }
  return [...members];
}
