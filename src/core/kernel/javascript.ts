/**
 * The JavaScript backend: one generated function a program, a loop over the lanes with every node as a local.
 *
 * It is the oracle of the other backends: each operation is a double operation of the language, in the order of the
 * formula. A function of more than a few thousand statements is never optimised by V8, so a large program is cut into
 * parts that run one after another for each lane and hand values on through an array that belongs to the kernel.
 *
 * Generated text holds nothing but numbers, operators and names made here; no text of a model gets into it.
 */

import { GemelError } from '../diagnose/index.ts';
import type { Graph, NodeId } from '../graph/index.ts';
import { operandsOf, roundHalfAway } from '../graph/index.ts';
import { checkLanes, checkOperations, slotsOf } from './check.ts';
import { expressionOf, numberText } from './emit.ts';
import type { Backend, Kernel, Program } from './kernel.ts';

/** Statements in one generated function. */
const partLength = 2000;

export const javascriptBackend: Backend = Object.assign(compile, {
  allocate,
  arithmetic: 'javascript strict',
});

function compile(program: Program): Kernel {
  const slots = slotsOf(program);
  const run = instantiate(textOf(program));
  return (lanes, repetitions = 1) => {
    checkLanes(lanes, slots);
    for (let i = 0; i < repetitions; i++) run(lanes.memory, lanes.capacity, lanes.from, lanes.to);
  };
}

function allocate(length: number): Float64Array {
  try {
    return new Float64Array(length);
  } catch (error) {
    throw new GemelError('MEMORY_EXHAUSTED', `${length} numbers do not fit into memory`, { cause: error });
  }
}

type Run = (memory: Float64Array, capacity: number, from: number, to: number) => void;

function instantiate(text: string): Run {
  // Code made from numbers and operators is what this backend is for; the type of the result is known by construction.
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval, typescript/no-unsafe-call, typescript/no-unsafe-assignment
  const run: Run = new Function('round', `'use strict';\n${text}`)(roundHalfAway);
  return run;
}

function textOf(program: Program): string {
  const { graph, writes } = program;
  const nodes = graph.reachable(writes.map(({ node }) => node)).filter((id) => !isConstant(graph, id));
  checkOperations(nodes.length);
  return nodes.length <= partLength ? textInOnePart(program, nodes) : textInParts(program, nodes);
}

function isConstant(graph: Graph, id: NodeId): boolean {
  return graph.node(id).kind === 'constant';
}

function textInOnePart({ graph, writes }: Program, nodes: readonly NodeId[]): string {
  const booleans = new Set<NodeId>();
  const body = nodes.map((id) => statementOf(graph, id, booleans));
  for (const { slot, node } of writes) body.push(`${cell(slot)} = ${numberText(graph, node, booleans)};`);
  return loop(body);
}

/** `const v7 = …;`, and a note among the booleans where it is one. */
function statementOf(graph: Graph, id: NodeId, booleans: Set<NodeId>): string {
  const node = graph.node(id);
  if (node.kind === 'load') return `const v${id} = ${cell(node.slot)};`;
  const { text, boolean } = expressionOf(graph, id, booleans);
  if (boolean) booleans.add(id);
  return `const v${id} = ${text};`;
}

const cell = (slot: number): string => `memory[${slot} * capacity + lane]`;

function loop(body: readonly string[]): string {
  return [
    'return function run(memory, capacity, from, to) {',
    'for (let lane = from; lane < to; lane++) {',
    ...body,
    '}',
    '};',
  ].join('\n');
}

/**
 * Parts of `partLength` statements each, then parts that only write. What a later part needs is put into `handed`;
 * memory is written last of all, so every read of a slot comes before.
 */
function textInParts({ graph, writes }: Program, nodes: readonly NodeId[]): string {
  const written = writes.map(({ node }) => node);
  const places = handedOn(graph, nodes, written);
  const parts: string[][] = [];
  for (let start = 0; start < nodes.length; start += partLength) {
    parts.push(computingPart(graph, nodes.slice(start, start + partLength), places));
  }
  for (let start = 0; start < writes.length; start += partLength) {
    const values = writes.slice(start, start + partLength);
    parts.push(
      values.map(({ slot, node }) => {
        const place = places.get(node);
        const value = place === undefined ? numberText(graph, node, new Set()) : `handed[${place}]`;
        return `${cell(slot)} = ${value};`;
      }),
    );
  }
  const functions = parts.map(
    (body, index) => `function part${index}(memory, capacity, lane) {\n${body.join('\n')}\n}`,
  );
  const calls = parts.map((_, index) => `part${index}(memory, capacity, lane);`);
  return [`const handed = new Float64Array(${places.size});`, ...functions, loop(calls)].join('\n');
}

function computingPart(graph: Graph, ids: readonly NodeId[], places: ReadonlyMap<NodeId, number>): string[] {
  const own = new Set(ids);
  const booleans = new Set<NodeId>();
  const fetched = new Set<NodeId>();
  const body: string[] = [];
  for (const id of ids) {
    for (const operand of operandsOf(graph.node(id))) {
      if (own.has(operand) || fetched.has(operand) || isConstant(graph, operand)) continue;
      fetched.add(operand);
      body.push(`const v${operand} = handed[${places.get(operand)}];`);
    }
    body.push(statementOf(graph, id, booleans));
    const place = places.get(id);
    if (place !== undefined) body.push(`handed[${place}] = ${numberText(graph, id, booleans)};`);
  }
  return body;
}

/** Which nodes are handed on to later parts, and where in the array they lie. */
function handedOn(graph: Graph, nodes: readonly NodeId[], written: readonly NodeId[]): Map<NodeId, number> {
  const partOf = new Map(nodes.map((id, index) => [id, Math.floor(index / partLength)]));
  const places = new Map<NodeId, number>();
  const hand = (id: NodeId): void => {
    if (!places.has(id) && !isConstant(graph, id)) places.set(id, places.size);
  };
  for (const id of nodes) {
    for (const operand of operandsOf(graph.node(id)))
      if (partOf.get(operand) !== partOf.get(id)) hand(operand);
  }
  for (const id of written) hand(id);
  return places;
}
