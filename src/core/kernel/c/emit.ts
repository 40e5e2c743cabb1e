/**
 * A program as readable C11: one function that runs it over lanes of a block, in place, that many times.
 *
 *   void kernel(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times)
 *
 * Slot s of lane j is memory[s * capacity + j], as in every backend. Each lane reads all its slots before it writes
 * any. Lanes do not see each other, which `omp simd` tells the compiler, so that it computes several at once. A few lanes
 * make all their steps before the next begin: what they need stays in the first cache, and what no step changes is
 * computed once.
 *
 * Notation  x7 slot 7 as it was before · v12 an intermediate value · s7 where slot 7 of the first lane lies
 *           i_v12 what v12 is in each lane, where no step changes it · r_v12 its inverse
 *
 * Text holds nothing but numbers, operators and names made here; names of slots stand in comments, and are cleaned.
 */

import { assertInvariant, GemelError } from '../../diagnose/index.ts';
import type { NodeId } from '../../graph/index.ts';
import { operandsOf } from '../../graph/index.ts';
import type { Program } from '../kernel.ts';
import { type CMode, type Expression, expressionOf, numberText } from './expression.ts';
import { type HelperName, preludeLines } from './prelude.ts';

export interface COptions {
  readonly mode: CMode;
  /** What a slot holds, for the comments. */
  readonly nameOf?: (slot: number) => string | undefined;
}

/** More operations than this are refused: a C compiler would take minutes over them. */
const operationLimit = 50_000;

/** With 512 bits at once these kernels are faster than with the 256 that compilers prefer, on the processors that have them. */
const widestLanes = [
  '#ifdef __AVX512F__',
  '#pragma omp simd simdlen(8)',
  '#else',
  '#pragma omp simd',
  '#endif',
];

/** Lanes that are stepped together: four of the widest vectors. 32 measured best of 8 … 256. */
const lanesTogether = 32;

/** An expression that is used once stands where it is used, unless it has become this long. */
const inlineLength = 60;

/**
 * The text of a C file that defines `kernel`. Compile it with {@link compilerFlags} of the same mode.
 *
 * @throws GemelError `MODEL_TOO_LARGE` for more than 50,000 operations.
 */
export function programToC(program: Program, { mode, nameOf }: COptions): string {
  const { graph, writes } = program;
  const nodes = graph.reachable(writes.map(({ node }) => node));
  const operations = nodes.filter((id) => graph.node(id).kind !== 'constant').length;
  if (operations > operationLimit) {
    throw new GemelError(
      'MODEL_TOO_LARGE',
      `a step of the model needs ${operations} operations; a C compiler takes at most ${operationLimit}`,
      { hint: 'split the machine into several models, or choose `kernel: javascript`' },
    );
  }
  const writer = new Writer(program, mode);
  const { loaded, before, statements, helpers } = writer.write(nodes);
  const slots = [...new Set([...loaded, ...writes.map(({ slot }) => slot)])].sort((a, b) => a - b);
  const comment = (slot: number): string => {
    const name = nameOf?.(slot);
    return name === undefined ? '' : ` /* ${cleaned(name)} */`;
  };
  const pragma = mode === 'fast' ? widestLanes : ['#pragma omp simd'];
  const results = writes.map(
    ({ slot, node }) => `s${slot}[lane] = ${writer.numberOf(node)};${comment(slot)}`,
  );
  const loads = (indent: string, users: readonly string[]): string[] =>
    loaded
      .filter((slot) => users.some((text) => new RegExp(String.raw`\bx${slot}\b`).test(text)))
      .map((slot) => `${indent}const double x${slot} = s${slot}[lane];${comment(slot)}`);
  const once = [
    '    /* The same in all steps. */',
    ...before.kept.map((name) => `    _Alignas(64) double i_${name}[${lanesTogether}];`),
    ...pragma,
    '    for (int64_t lane = 0; lane < lanes; lane++) {',
    ...loads('      ', before.statements),
    ...before.statements.map((statement) => `      ${statement}`),
    ...before.kept.map((name) => `      i_${name}[lane] = ${name};`),
    '    }',
  ];
  return [
    `/* ${operations} operations over ${slots.length} slots of a block; made by Gemel. */`,
    '',
    ...preludeLines(helpers, mode),
    '/* Slot s of lane j is memory[s * capacity + j]. */',
    'void kernel(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times) {',
    `  for (int64_t first = from; first < to; first += ${lanesTogether}) {`,
    `    const int64_t lanes = to - first < ${lanesTogether} ? to - first : ${lanesTogether};`,
    ...slots.map(
      (slot) => `    double *const restrict s${slot} = memory + ${slot} * capacity + first;${comment(slot)}`,
    ),
    ...(before.kept.length > 0 ? once : []),
    '    for (int64_t step = 0; step < times; step++) {',
    ...pragma,
    '      for (int64_t lane = 0; lane < lanes; lane++) {',
    ...loads('        ', [...statements, ...results]),
    ...before.kept.map((name) => `        const double ${name} = i_${name}[lane];`),
    ...statements.map((statement) => `        ${statement}`),
    ...results.map((result) => `        ${result}`),
    '      }',
    '    }',
    '  }',
    '}',
    '',
  ].join('\n');
}

/**
 * Compiler flags of a mode. None of them sets the processor to flush subnormals, as -ffast-math does for the whole
 * process, and all keep NaN and infinity: a state that is not finite must be seen.
 */
export function compilerFlags(mode: CMode, compiler: 'gcc' | 'clang'): readonly string[] {
  const both = ['-std=c11', '-O3', '-march=native', '-fno-math-errno', '-fno-trapping-math', '-fopenmp-simd'];
  if (mode === 'strict') return [...both, '-ffp-contract=off'];
  const fast = [...both, '-ffp-contract=fast', '-freciprocal-math'];
  if (compiler === 'clang') return fast;
  return [
    ...fast,
    // Else gcc makes one call of sin and cos of the same angle, which has no vector form.
    '-fno-builtin-sin',
    '-fno-builtin-cos',
    // Kernels are long chains without a branch: in another order more of them run at once, about a tenth faster.
    '-fschedule-insns',
    '-fsched-pressure',
  ];
}

function cleaned(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} _.,()[\]°%-]/gu, '?').slice(0, 80);
}

interface Body {
  readonly loaded: readonly number[];
  /** What no step changes: its statements, and the names of those that the steps need. */
  readonly before: { readonly statements: readonly string[]; readonly kept: readonly string[] };
  readonly statements: readonly string[];
  readonly helpers: ReadonlySet<HelperName>;
}

/** Turns nodes into statements, and remembers how each is referred to. */
class Writer {
  readonly #program: Program;
  readonly #mode: CMode;
  readonly #expressions = new Map<NodeId, Expression>();
  readonly #helpers = new Set<HelperName>();
  /** What a written slot has a part in. */
  readonly #varying = new Set<NodeId>();
  /** What does not vary, but something that does needs it, or a slot is set to it. */
  readonly #kept = new Set<NodeId>();
  readonly #inverses = new Map<NodeId, string>();
  readonly #before: string[] = [];
  readonly #keptNames: string[] = [];

  constructor(program: Program, mode: CMode) {
    this.#program = program;
    this.#mode = mode;
  }

  write(nodes: readonly NodeId[]): Body {
    const { graph } = this.#program;
    this.#findVarying(nodes);
    const uses = this.#countUses(nodes);
    const loaded: number[] = [];
    const statements: string[] = [];
    let names = 0;
    for (const id of nodes) {
      const node = graph.node(id);
      if (node.kind === 'load') loaded.push(node.slot);
      const isVarying = this.#varying.has(id);
      const expression = expressionOf(node, {
        graph,
        mode: this.#mode,
        operand: (operand: NodeId) => this.#expressionOf(operand),
        inverse: (divisor: NodeId) => (isVarying ? this.#inverseOf(divisor) : undefined),
        uses: (helper: HelperName) => void this.#helpers.add(helper),
      });
      const isKept = this.#kept.has(id);
      const stays =
        node.kind === 'constant' ||
        node.kind === 'load' ||
        (!isKept && (uses.get(id) ?? 0) <= 1 && expression.text.length <= inlineLength);
      if (stays) {
        this.#expressions.set(id, expression);
        continue;
      }
      const name = `v${names++}`;
      // Arrays of truth values would be as wide as their lanes are not.
      const truth = expression.truth && !isKept;
      const text = expression.truth && isKept ? numberText(expression) : expression.text;
      (isVarying ? statements : this.#before).push(`const ${truth ? '_Bool' : 'double'} ${name} = ${text};`);
      if (isKept) this.#keptNames.push(name);
      this.#expressions.set(id, { text: name, truth, atomic: true });
    }
    return {
      loaded: loaded.sort((a, b) => a - b),
      before: { statements: this.#before, kept: this.#keptNames },
      statements,
      helpers: this.#helpers,
    };
  }

  /** Where no step reads what another wrote, one step is all there is, and nothing is worth keeping. */
  #findVarying(nodes: readonly NodeId[]): void {
    const { graph, writes } = this.#program;
    const written = new Set(writes.map(({ slot }) => slot));
    const needed = new Set(writes.map(({ node }) => node));
    for (const id of nodes) {
      const node = graph.node(id);
      const operands = operandsOf(node);
      const varies = operands.some((operand) => this.#varying.has(operand));
      if (varies || (node.kind === 'load' && written.has(node.slot))) this.#varying.add(id);
      if (varies) for (const operand of operands) needed.add(operand);
    }
    if (this.#varying.size === 0) for (const id of nodes) this.#varying.add(id);
    for (const id of needed) {
      const isPlain = ['constant', 'load'].includes(graph.node(id).kind);
      if (!isPlain && !this.#varying.has(id)) this.#kept.add(id);
    }
  }

  /** A division takes many times as long as a multiplication. */
  #inverseOf(id: NodeId): string | undefined {
    const isConstant = this.#program.graph.node(id).kind === 'constant';
    if (this.#mode !== 'fast' || this.#varying.has(id) || isConstant) return undefined;
    const known = this.#inverses.get(id);
    if (known !== undefined) return known;
    const { text } = this.#expressionOf(id);
    const name = `r_${text}`;
    this.#before.push(`const double ${name} = 1.0 / ${text};`);
    this.#keptNames.push(name);
    this.#inverses.set(id, name);
    return name;
  }

  numberOf(id: NodeId): string {
    const expression = this.#expressionOf(id);
    return expression.truth ? numberText(expression) : expression.text;
  }

  #expressionOf(id: NodeId): Expression {
    const found = this.#expressions.get(id);
    if (found === undefined) assertInvariant(false, `node ${id} is used before it is made`);
    return found;
  }

  /** How often the text of each node would stand in the program: some operators name an operand twice. */
  #countUses(nodes: readonly NodeId[]): Map<NodeId, number> {
    const { graph, writes } = this.#program;
    const uses = new Map<NodeId, number>();
    const count = (id: NodeId, times: number) => uses.set(id, (uses.get(id) ?? 0) + times);
    for (const id of nodes) {
      const node = graph.node(id);
      const twice = node.kind === 'binary' && ['ne', 'min', 'max'].includes(node.operator);
      for (const operand of operandsOf(node)) count(operand, twice ? 2 : 1);
    }
    for (const { node } of writes) count(node, 1);
    return uses;
  }
}
