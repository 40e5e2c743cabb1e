/**
 * The source tree as the house tests see it: every file with its imports, exports and syntax tree.
 *
 * Read with oxc-parser, not with regular expressions: an import may span lines, and a comment or a string
 * may contain one.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

/** The folder that holds package.json. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface SourceFile {
  /** From the root, with forward slashes: `src/core/units/index.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly program: unknown;
}

interface Import {
  /** As written: `../units/index.ts`, `yaml`, `node:fs`. */
  readonly specifier: string;
  /** For a relative one, the path from the root. */
  readonly target?: string;
  readonly line: number;
}

interface Export {
  /** `*` for an `export *`, `default` for a default export. */
  readonly name: string;
  readonly type: boolean;
  readonly line: number;
}

/** Parses one file. Throws if it is not TypeScript, so that no file passes unread. */
export function parseSource(path: string, text: string): SourceFile {
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors.map((error) => error.message).join('; ')}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const imports: Import[] = [];
  const add = (specifier: string, offset: number): void => {
    const line = lineOf(offset);
    if (!specifier.startsWith('.')) imports.push({ specifier, line });
    else imports.push({ specifier, line, target: posix.join(posix.dirname(path), specifier) });
  };
  for (const { moduleRequest, start } of module.staticImports) add(moduleRequest.value, start);
  for (const { moduleRequest } of module.dynamicImports) {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    const literal = /^(['"`])([^'"`$]*)\1$/.exec(written)?.[2];
    add(literal ?? `(${written})`, moduleRequest.start);
  }
  const exports: Export[] = [];
  for (const { entries, start } of module.staticExports) {
    for (const entry of entries) {
      if (entry.moduleRequest) add(entry.moduleRequest.value, start);
      const { kind, name } = entry.exportName;
      const all = entry.importName.kind === 'AllButDefault' || entry.importName.kind === 'All';
      const exported = kind === 'Default' ? 'default' : all ? '*' : (name ?? '');
      exports.push({ name: exported, type: entry.isType, line: lineOf(start) });
    }
  }
  return { path, text, imports, exports, program };
}

/** Every TypeScript file below the folders given, in the order of their paths. */
export function readTree(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap(listFiles).map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

/** The paths of the TypeScript files below a folder, from the root. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}

/** Calls `visit` with every node of a syntax tree. */
export function walk(node: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  else if (isNode(node)) {
    visit(node);
    for (const value of Object.values(node)) walk(value, visit);
  }
}

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
