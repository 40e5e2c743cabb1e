/** Curves as SVG path commands, and texts as SVG and HTML take them. */

export interface PathScale {
  readonly x: (seconds: number) => number;
  readonly y: (value: number) => number;
  /** How many columns of pixels there are to tell points apart. */
  readonly columns: number;
}

/** The curve as path commands; of the points in one column of pixels only lowest and highest are kept. NaN breaks it. */
export function pathOf(seconds: ArrayLike<number>, values: ArrayLike<number>, scale: PathScale): string {
  const commands: string[] = [];
  const perColumn = Math.max(1, Math.floor(values.length / scale.columns));
  let pen: 'M' | 'L' = 'M';
  for (let start = 0; start < values.length; start += perColumn) {
    for (const i of extremesOf(values, start, Math.min(values.length, start + perColumn))) {
      const value = values[i] ?? Number.NaN;
      if (!Number.isFinite(value)) {
        pen = 'M';
        continue;
      }
      commands.push(`${pen}${short(scale.x(seconds[i] ?? 0))} ${short(scale.y(value))}`);
      pen = 'L';
    }
  }
  return commands.join('');
}

/** Indices of the lowest and highest value of a stretch, in order, and of a value that is not finite. */
function extremesOf(values: ArrayLike<number>, from: number, to: number): readonly number[] {
  let low = from;
  let high = from;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) return [i];
    if (value < (values[low] ?? 0)) low = i;
    if (value > (values[high] ?? 0)) high = i;
  }
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}

export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
