/**
 * Reads a YAML or JSON text (JSON is YAML) and checks it against a schema. Every problem is reported at
 * once, each with its line and column; what passes is plain data that later checks can point back into.
 *
 * Anchors are allowed but bounded, so that a small text cannot grow into a huge value.
 */

import {
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  stringify,
  visit,
  type Document as YamlDocument,
} from 'yaml';
import { type Diagnostic, GemelError, type Place } from '../diagnose/index.ts';
import type { Schema } from './schema.ts';
import { diagnoseShape } from './shape.ts';
import { alignText, findNode, type Path } from './position.ts';

/** A text and the name to show for it. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Checked data, and where each part of it stands in the text. */
export interface Document<T> {
  readonly source: SourceText;
  readonly value: T;
  /** The place of a node, or of its nearest parent that exists. `part: 'key'` points at its name. */
  placeOf(path: Path, part?: 'key' | 'value'): Place;
  /** The place of a stretch of a string's text: offsets into the string as data. */
  placeIn(path: Path, span: { readonly start: number; readonly end: number }, part?: 'key' | 'value'): Place;
}

export interface DocumentResult<T> {
  /** Absent if there is any problem. */
  readonly document?: Document<T>;
  readonly diagnostics: readonly Diagnostic[];
  /** The text that the places in the diagnostics point into. */
  readonly source: SourceText;
}

const MAX_TEXT_LENGTH = 4 * 1024 * 1024;
const MAX_ALIASES = 1000;

/** Reads `source` against `schema`. Bad text is returned as diagnostics, never thrown. */
export function readDocument<T>(source: SourceText, schema: Schema<T>): DocumentResult<T> {
  if (source.text.length > MAX_TEXT_LENGTH) {
    return failure(source, 'DOCUMENT_TOO_LARGE', `the document has ${source.text.length} characters`, {
      expected: `at most ${MAX_TEXT_LENGTH}`,
    });
  }
  const lines = new LineCounter();
  // The library looks for equal keys pair by pair, which takes seconds from ten thousand keys on.
  const yaml = parseDocument(source.text, { lineCounter: lines, logLevel: 'error', uniqueKeys: false });
  const wrong = (code: Diagnostic['code'], message: string, [start, end]: readonly number[]): Diagnostic => {
    const at = lines.linePos(start ?? 0);
    const length = Math.max(1, (end ?? 0) - (start ?? 0));
    const place: Place = { file: source.file, line: at.line, column: at.col, length };
    return { code, severity: 'error', message, place };
  };
  const syntax = yaml.errors.map((error) => ({
    ...wrong('DOCUMENT_SYNTAX', firstLine(error.message), error.pos),
    ...hintFor(source.text, error.pos[0], error.message),
  }));
  const repeated = repeatedKeys(yaml).map(({ key, range }) =>
    wrong('DOCUMENT_DUPLICATE_KEY', `\`${key}\` stands twice here`, range),
  );
  if (syntax.length + repeated.length > 0)
    return { diagnostics: firstOfEachLine([...syntax, ...repeated]), source };

  const at = new Positions(source, yaml, lines);
  let value: unknown;
  try {
    value = yaml.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // The library throws on an unresolved or too often repeated alias, and on a map as a key.
    return failure(source, 'DOCUMENT_SYNTAX', firstLine(String(error)), {});
  }
  const diagnostics = diagnoseShape(value, schema, (path, part) => at.placeOf(path, part));
  if (diagnostics.length > 0) return { diagnostics, source };
  return {
    document: {
      source,
      // The check above is what makes this true.
      value: value as T,
      placeOf: (path, part) => at.placeOf(path, part),
      placeIn: (path, span, part) => at.placeIn(path, span, part),
    },
    diagnostics: [],
    source,
  };
}

/**
 * The same for a value that never was text: it is written out as YAML first, so that problems can be shown
 * in their place all the same.
 */
export function documentOf<T>(value: unknown, schema: Schema<T>, file: string): DocumentResult<T> {
  let text: string;
  try {
    // An undefined value has no text at all: it is read as the empty document that it is.
    text = stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }) ?? '';
  } catch (error) {
    throw new GemelError('DOCUMENT_TYPE', `${file} is not plain data: ${firstLine(String(error))}`, {
      cause: error,
    });
  }
  return readDocument({ file, text }, schema);
}

class Positions {
  readonly #source: SourceText;
  readonly #yaml: YamlDocument.Parsed;
  readonly #lines: LineCounter;

  constructor(source: SourceText, yaml: YamlDocument.Parsed, lines: LineCounter) {
    this.#source = source;
    this.#yaml = yaml;
    this.#lines = lines;
  }

  placeOf(path: Path, part: 'key' | 'value' = 'value'): Place {
    const [start, end] = this.#rangeOf(path, part);
    return this.#place(start, end);
  }

  placeIn(
    path: Path,
    span: { readonly start: number; readonly end: number },
    part: 'key' | 'value' = 'value',
  ): Place {
    const [start, end] = this.#rangeOf(path, part);
    const node = findNode(this.#yaml.contents, path, part);
    const text = isScalar(node) ? String(node.value) : '';
    const [from, to] = alignText(this.#source.text, { start, end }, text, span);
    return this.#place(from, to);
  }

  #rangeOf(path: Path, part: 'key' | 'value'): readonly [number, number] {
    for (let length = path.length; length >= 0; length--) {
      // A node that is not there: the name of its parent says best where it belongs.
      const node = findNode(
        this.#yaml.contents,
        path.slice(0, length),
        length === path.length ? part : 'key',
      );
      const range = node?.range;
      if (range && !(isMap(node) && length === 0)) return [range[0], Math.max(range[0] + 1, range[1])];
    }
    return [0, 1];
  }

  /** A place never runs past its first line: a picture shows one line. */
  #place(start: number, end: number): Place {
    const newline = this.#source.text.indexOf('\n', start);
    const stop = newline < 0 ? end : Math.min(end, newline);
    const at = this.#lines.linePos(start);
    return { file: this.#source.file, line: at.line, column: at.col, length: Math.max(1, stop - start) };
  }
}

/** Each key that an earlier one of the same mapping equals. */
function repeatedKeys(yaml: YamlDocument.Parsed): { key: string; range: readonly number[] }[] {
  const found: { key: string; range: readonly number[] }[] = [];
  visit(yaml, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key) || !key.range) continue;
        const name = String(key.value);
        if (seen.has(name)) found.push({ key: name, range: key.range });
        seen.add(name);
      }
    },
  });
  return found;
}

/** A problem of the document as a whole. */
function failure(
  source: SourceText,
  code: Diagnostic['code'],
  message: string,
  more: Partial<Pick<Diagnostic, 'expected' | 'hint'>>,
): DocumentResult<never> {
  const place: Place = { file: source.file, line: 1, column: 1, length: 1 };
  return { diagnostics: [{ code, severity: 'error', message, place, ...more }], source };
}

/** After its first mistake in a line, the YAML parser mostly stumbles over the consequences. */
function firstOfEachLine(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<number | undefined>();
  return diagnostics.filter(({ place }) => !seen.has(place?.line) && seen.add(place?.line));
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}

/** YAML gives some characters a meaning that surprises people who write units. */
function hintFor(text: string, offset: number, message: string): { hint?: string } {
  if (/flow-(seq|map)-start/.test(message)) {
    const example = message.includes('flow-map')
      ? 'braces, such as `plant/{twin}/power`'
      : 'brackets, such as `0.5 [mm/s]`';
    return { hint: `inside { … } a text with ${example}, needs quotes around it` };
  }
  if (text[offset] === '%' || text[offset] === '@' || text[offset] === '`') {
    return { hint: `write it in quotes: "${text[offset]}"` };
  }
  if (text[offset] === '\t') return { hint: 'indent with spaces: YAML does not allow tabs here' };
  return {};
}
