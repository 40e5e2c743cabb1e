/** Plots of trajectories: as an SVG file, or in the terminal with Braille dots. */

export { plotInTerminal } from './braille.ts';
export { type Panel, panelsOf, type PlotData, type PlotLine } from './panels.ts';
export { plotAsSvg } from './svg.ts';
export { escapeText, pathOf, short } from './path.ts';
export { type Range, rangeOf, tickLabels, ticksIn, timeUnitFor } from './scale.ts';
