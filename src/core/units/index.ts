/** Units: dimensions, the unit table, reading units and quantities, conversion. */

export type { CatalogueUnit } from './catalogue.ts';
export { unitCatalogue } from './catalogue.ts';
export { convertible, fromSi, fromSiDifference, toSi, toSiDifference } from './convert.ts';
export type { Dimension } from './dimension.ts';
export {
  divideDimensions,
  formatDimension,
  multiplyDimensions,
  noDimension,
  powerDimension,
  sameDimension,
} from './dimension.ts';
export type { UnitProblem } from './problem.ts';
export { parseQuantity } from './quantity.ts';
export { roundDeviation, roundShown } from './shown.ts';
export type { Unit } from './unit.ts';
export { dimensionless, parseUnit } from './unit.ts';
