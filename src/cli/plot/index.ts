/** Plots of trajectories: as an SVG file, or in the terminal with Braille dots. */

export { plotInTerminal } from './braille.ts';
export { panelsOf, type PlotData } from './panels.ts';
export { plotAsSvg } from './svg.ts';
export { escapeText, pathOf, short } from './path.ts';
export { type Range, rangeOf, tickLabels, ticksIn, timeUnitFor } from './scale.ts';
