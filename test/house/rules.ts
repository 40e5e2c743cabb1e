/**
 * The rules of the house that no other tool checks, each a function from the files to the breaches found.
 *
 * The compiler already refuses most imports that go outwards (one project a layer); these rules also see
 * the order inside `core`, the walls between adapters, and reach into a folder past its index.
 */

import { isNode, walk } from './source.ts';
import type { SourceFile, SyntaxNode } from './source.ts';

export interface Breach {
  readonly path: string;
  readonly line: number;
  readonly says: string;
}

export type Rule = (file: SourceFile) => readonly Breach[];

/** Each layer may import those before it. */
const layers = ['core', 'engine', 'adapters', 'app', 'cli'] as const;

/** Each folder of core, and of the engine, may import those of its layer before it. */
const folderOrders: Readonly<Record<'core' | 'engine', readonly string[]>> = {
  core: [
    'diagnose',
    'document',
    'units',
    'equation',
    'graph',
    'kernel',
    'model',
    'statistics',
    'solve',
    'estimate',
    'calibrate',
    'detect',
    'difference',
    'compare',
  ],
  engine: [
    'basics',
    'twin',
    'snapshot',
    'protocol',
    'ports',
    'ingest',
    'alarms',
    'journal',
    'lanes',
    'detection',
    'block',
    'checkpoint',
    'shard',
    'members',
    'trials',
    'recovery',
    'fleet',
    'rollout',
    'past',
    'replay',
    'local',
  ],
};

/** What core and engine may use from outside: libraries that only compute. */
const pureLibraries = ['yaml', 'typebox'];

/** A running project, a table that is played, and a past that is run again: what else there is is composed of one adapter. */
const composers = ['src/app/compose.ts', 'src/app/play.ts', 'src/app/replay/'];
/** core → engine → adapters → app → cli. The package's entry, src/index.ts, stands on core and engine. */
const layerOrder: Rule = (file) => {
  const from = layerOf(file.path);
  if (from === undefined) return [];
  return breaches(file, (target) => {
    const to = layerOf(target);
    if (to === undefined) return 'src imports nothing outside src';
    if (to === 'index') return 'the public entry is for users; import the folder that has the name';
    if (from === 'index')
      return to === 'core' || to === 'engine' ? undefined : `the public entry imports ${to}`;
    return layers.indexOf(to) > layers.indexOf(from) ? `${from} imports ${to}` : undefined;
  });
};

/** Types count as well. Beside a layer's folders stands at most its index.ts, which is for those outside. */
const folderOrder =
  (layer: keyof typeof folderOrders): Rule =>
  (file) => {
    if (layerOf(file.path) !== layer || file.path === `src/${layer}/index.ts`) return [];
    const from = folderOf(file.path, layer);
    const known = folderOrders[layer];
    if (from === undefined || !known.includes(from))
      return [{ path: file.path, line: 1, says: `${layer}/${from ?? ''} has no place in the order` }];
    return breaches(file, (target) => {
      if (layerOf(target) !== layer) return undefined;
      const to = folderOf(target, layer) ?? 'index.ts';
      if (known.includes(to) && known.indexOf(to) <= known.indexOf(from)) return undefined;
      return `${layer}/${from} imports ${layer}/${to}, which stands after it`;
    });
  };

const adaptersApart: Rule = (file) => {
  const from = adapterOf(file.path);
  if (from === undefined) return [];
  return breaches(file, (target) => {
    const to = adapterOf(target);
    return to === undefined || to === from ? undefined : `adapter ${from} imports adapter ${to}`;
  });
};

const onePlaceComposes: Rule = (file) => {
  const composes = composers.some((path) => file.path.startsWith(path));
  if (composes || !file.path.startsWith('src/') || adapterOf(file.path)) return [];
  const used = new Set(file.imports.map(({ target }) => target && adapterOf(target)).filter(Boolean));
  if (used.size < 2) return [];
  return [
    {
      path: file.path,
      line: 1,
      says: `only ${composers.join(' and ')} know several adapters; this imports ${[...used].join(', ')}`,
    },
  ];
};

/** A piece is entered by its index.ts; inside it, files know each other, and the pieces of which it is made by theirs. */
const throughTheIndex: Rule = (file) => {
  const here = piecesOf(file.path);
  if (here.length === 0) return [];
  return breaches(file, (target) => {
    const entered = piecesOf(target).find((piece) => !here.includes(piece));
    if (entered === undefined || target === `${entered}/index.ts`) return undefined;
    return `reaches into ${entered} past its index.ts`;
  });
};

/** No clock, no dice, no console, no Node, no library but those that only compute. */
const pureCore: Rule = (file) => {
  const layer = layerOf(file.path);
  if (layer !== 'core' && layer !== 'engine' && layer !== 'index') return [];
  const found: Breach[] = [];
  for (const { specifier, target, line } of file.imports) {
    const library = pureLibraries.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    if (!target && !library) found.push({ path: file.path, line, says: `${layer} imports ${specifier}` });
  }
  walk(file.program, (node) => {
    const used = impureUse(node);
    if (used) found.push({ path: file.path, line: lineAt(file, node), says: `${layer} uses ${used}` });
  });
  return found;
};

/** The same rules for what stands beside src: the page uses core alone, an example the public entry alone. */
const besideSrc: Rule = (file) =>
  breaches(file, (target) => {
    if (!target.startsWith('src/')) return undefined;
    if (file.path.startsWith('examples/')) return 'an example imports the package by its name';
    if (layerOf(target) === 'core') return undefined;
    if (file.path.startsWith('studio/')) return 'the page imports core alone';
    return file.path.startsWith('scripts/') ? 'a script imports core alone' : undefined;
  });

const plainExports: Rule = (file) =>
  file.exports
    .filter(({ name }) => name === '*' || name === 'default')
    .map(({ name, line }) => ({
      path: file.path,
      line,
      says: name === '*' ? 'export * hides what is public' : 'a default export has no name of its own',
    }));

const opensWithComment: Rule = (file) =>
  /^(#!.*\n)?\s*\/[*/]/.test(file.text)
    ? []
    : [{ path: file.path, line: 1, says: 'opens without saying what it is for' }];

/** A failure must come again: a test that draws its cases says from which seed. */
const fixedSeeds: Rule = (file) => {
  const drawn = file.imports.find(({ specifier }) => specifier === 'fast-check');
  if (!drawn || /\bseed\b/.test(file.text) || !file.text.includes('fc.assert(')) return [];
  return [{ path: file.path, line: drawn.line, says: 'draws cases without a fixed seed' }];
};

export const rules = {
  layerOrder,
  coreOrder: folderOrder('core'),
  engineOrder: folderOrder('engine'),
  adaptersApart,
  onePlaceComposes,
  throughTheIndex,
  pureCore,
  besideSrc,
  plainExports,
  opensWithComment,
  fixedSeeds,
} satisfies Record<string, Rule>;

/** One breach for each relative import that `judge` objects to. */
function breaches(file: SourceFile, judge: (target: string) => string | undefined): readonly Breach[] {
  const found: Breach[] = [];
  for (const { target, line } of file.imports) {
    const says = target === undefined ? undefined : judge(target);
    if (says !== undefined) found.push({ path: file.path, line, says });
  }
  return found;
}

function layerOf(path: string): (typeof layers)[number] | 'index' | undefined {
  if (path === 'src/index.ts') return 'index';
  return layers.find((layer) => path.startsWith(`src/${layer}/`));
}

/** The folder of a layer that a file is in; undefined beside the folders. */
function folderOf(path: string, layer: string): string | undefined {
  const [source, of, name, ...rest] = path.split('/');
  return source === 'src' && of === layer && rest.length > 0 ? name : undefined;
}

/** What an index.ts speaks for, outermost first: each folder of core, engine and adapters; engine, app and cli as wholes. */
function piecesOf(path: string): readonly string[] {
  if (path === 'src/index.ts') return ['src'];
  const whole = /^src\/(?:engine|app|cli)(?=\/)/.exec(path);
  const folder = /^src\/(?:core|engine|adapters)\/[^/]+(?=\/)/.exec(path);
  return [whole, folder].flatMap((piece) => piece?.[0] ?? []);
}

function adapterOf(path: string): string | undefined {
  return /^src\/adapters\/([^/]+)\//.exec(path)?.[1];
}

/** What a node uses of the world outside, in words. */
function impureUse(node: SyntaxNode): string | undefined {
  const { type, object, property, callee } = node;
  if (type === 'MemberExpression' && isNode(object) && object.type === 'Identifier') {
    const name = isNode(property) && property.type === 'Identifier' ? property.name : undefined;
    if (object.name === 'Date' && name === 'now') return 'Date.now';
    if (object.name === 'Math' && name === 'random') return 'Math.random';
    if (['console', 'performance', 'process', 'globalThis'].includes(String(object.name)))
      return String(object.name);
  }
  if ((type === 'NewExpression' || type === 'CallExpression') && isNode(callee) && callee.name === 'Date') {
    if (type === 'CallExpression') return 'Date(), which is the time now';
    if (Array.isArray(node.arguments) && node.arguments.length === 0)
      return 'new Date(), which is the time now';
  }
  return undefined;
}

function lineAt(file: SourceFile, node: SyntaxNode): number {
  return file.text.slice(0, node.start).split('\n').length;
}
