/** What is plotted: lines over time, gathered into one panel for each unit so that every axis has one. */

export interface PlotLine {
  readonly name: string;
  /** Shown on the axis; empty for a pure number. */
  readonly unit: string;
  readonly values: ArrayLike<number>;
}

export interface PlotData {
  readonly title: string;
  readonly timeSeconds: ArrayLike<number>;
  readonly lines: readonly PlotLine[];
}

export interface Panel {
  readonly unit: string;
  readonly lines: readonly PlotLine[];
}

/** More lines than this in one panel cannot be told apart: the rest goes to a further panel. */
const linesPerPanel = 6;

/** Panels in the order in which their units appear. */
export function panelsOf(lines: readonly PlotLine[]): readonly Panel[] {
  const byUnit = Map.groupBy(lines, (line) => line.unit);
  return [...byUnit].flatMap(([unit, all]) => {
    const panels: Panel[] = [];
    for (let i = 0; i < all.length; i += linesPerPanel) {
      panels.push({ unit, lines: all.slice(i, i + linesPerPanel) });
    }
    return panels;
  });
}
