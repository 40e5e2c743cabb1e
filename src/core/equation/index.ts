/** Equations: text to syntax tree and back, with the place of everything. What the names mean is the model's affair. */

export type { FunctionName } from './functions.ts';
export { functionTable } from './functions.ts';
export { parseExpression } from './parse.ts';
export type { NameUse } from './print.ts';
export { namesIn, printExpression } from './print.ts';
export type { BinaryOperator, Expression, Span } from './syntax.ts';
export { equationLimits, reservedWords } from './syntax.ts';
export type { Target } from './target.ts';
export { parseTarget } from './target.ts';
