/**
 * A program as readable C11: one function that runs it over lanes of a block, in place.
 *
 *   void kernel(double *memory, int64_t capacity, int64_t from, int64_t to)
 *
 * Slot s of lane j is memory[s * capacity + j], as in every backend. Each lane reads all its slots before it writes
 * any. Lanes do not see each other, which `omp simd` tells the compiler, so that it computes several at once.
 *
 * Notation  x7 slot 7 as it was before · v12 an intermediate value · s7 where slot 7 of lane 0 lies
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
  const { loaded, statements, helpers } = writer.write(nodes);
  const slots = [...new Set([...loaded, ...writes.map(({ slot }) => slot)])].sort((a, b) => a - b);
  const comment = (slot: number): string => {
    const name = nameOf?.(slot);
    return name === undefined ? '' : ` /* ${cleaned(name)} */`;
  };
  return [
    `/* ${operations} operations over ${slots.length} slots of a block; made by Gemel. */`,
    '',
    ...preludeLines(helpers, mode),
    '/* Slot s of lane j is memory[s * capacity + j]. */',
    'void kernel(double *memory, int64_t capacity, int64_t from, int64_t to) {',
    ...slots.map(
      (slot) => `  double *const restrict s${slot} = memory + ${slot} * capacity;${comment(slot)}`,
    ),
    ...(mode === 'fast' ? widestLanes : ['#pragma omp simd']),
    '  for (int64_t lane = from; lane < to; lane++) {',
    ...loaded.map((slot) => `    const double x${slot} = s${slot}[lane];${comment(slot)}`),
    ...statements.map((statement) => `    ${statement}`),
    ...writes.map(({ slot, node }) => `    s${slot}[lane] = ${writer.numberOf(node)};${comment(slot)}`),
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
  readonly statements: readonly string[];
  readonly helpers: ReadonlySet<HelperName>;
}

/** Turns nodes into statements, and remembers how each is referred to. */
class Writer {
  readonly #program: Program;
  readonly #mode: CMode;
  readonly #expressions = new Map<NodeId, Expression>();
  readonly #helpers = new Set<HelperName>();

  constructor(program: Program, mode: CMode) {
    this.#program = program;
    this.#mode = mode;
  }

  write(nodes: readonly NodeId[]): Body {
    const { graph } = this.#program;
    const uses = this.#countUses(nodes);
    const loaded: number[] = [];
    const statements: string[] = [];
    const around = {
      graph,
      mode: this.#mode,
      operand: (id: NodeId) => this.#expressionOf(id),
      uses: (helper: HelperName) => void this.#helpers.add(helper),
    };
    for (const id of nodes) {
      const node = graph.node(id);
      if (node.kind === 'load') loaded.push(node.slot);
      const expression = expressionOf(node, around);
      const stays =
        node.kind === 'constant' ||
        node.kind === 'load' ||
        ((uses.get(id) ?? 0) <= 1 && expression.text.length <= inlineLength);
      if (stays) {
        this.#expressions.set(id, expression);
        continue;
      }
      const name = `v${statements.length}`;
      statements.push(`const ${expression.truth ? '_Bool' : 'double'} ${name} = ${expression.text};`);
      this.#expressions.set(id, { text: name, truth: expression.truth, atomic: true });
    }
    return { loaded: loaded.sort((a, b) => a - b), statements, helpers: this.#helpers };
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
