/** The expression graph that every model is compiled to and every kernel is made from. */

export type { JacobianEntry } from './differentiate.ts';
export { derivatives, directionalDerivatives, jacobian } from './differentiate.ts';
export type { GraphNode, NodeId } from './graph.ts';
export { Graph, nodeLimit, operandsOf } from './graph.ts';
export type { BinaryOperator, UnaryOperator } from './operators.ts';
export { applyBinary, applyUnary, binaryOperators, roundHalfAway, unaryOperators } from './operators.ts';
