/**
 * Checks a value against a schema and says what is wrong in words a person can act on: unknown keys with the
 * nearest known one, missing keys, and one message a place where a union would give one for each branch.
 *
 * A validator made for speed stops at the first missing key of an object and so hides the misspelt one
 * beside it; a document is read once, so a plain walk is fast enough. It knows the keywords that `JsonSchema`
 * lets a schema use.
 */

import { type Diagnostic, type Place, suggest } from '../diagnose/index.ts';
import type { JsonSchema as Schema } from './schema.ts';
import type { Path } from './position.ts';

type PlaceOf = (path: Path, part?: 'key' | 'value') => Place;

/** Problems of `value` against `schema`; empty if it has none. */
export function diagnoseShape(value: unknown, schema: Schema, placeOf: PlaceOf): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const check = (at: unknown, wanted: Schema, path: Path): void => {
    if (!fits(at, wanted)) diagnostics.push(wrongValue(at, wanted, path, placeOf));
    else if (isRecord(at) && !Array.isArray(at) && wanted.type === 'object') checkKeys(at, wanted, path);
    else if (Array.isArray(at) && wanted.items) {
      for (const [index, item] of at.entries()) check(item, wanted.items, [...path, index]);
    } else if (wanted.anyOf) {
      // The first branch that takes this kind of value says what is inside it.
      const branch = wanted.anyOf.find((it) => fits(at, it));
      if (branch) check(at, branch, path);
    }
  };
  const checkKeys = (group: Record<string, unknown>, wanted: Schema, path: Path): void => {
    const known = Object.keys(wanted.properties ?? {});
    const meant = new Set<string>();
    for (const [key, inner] of Object.entries(group)) {
      const schemaOfKey = known.includes(key) ? wanted.properties?.[key] : patternFor(key, wanted);
      if (schemaOfKey) {
        check(inner, schemaOfKey, [...path, key]);
        continue;
      }
      const nearest = suggest(
        key,
        known.filter((it) => !(it in group)),
      );
      if (nearest !== undefined) meant.add(nearest);
      diagnostics.push({
        code: 'DOCUMENT_UNKNOWN_KEY',
        severity: 'error',
        message: `\`${key}\` is not a key of ${nameOf(path)}`,
        place: placeOf([...path, key], 'key'),
        expected: known.join(', '),
        ...(nearest === undefined ? {} : { hint: `did you mean \`${nearest}\`?` }),
      });
    }
    for (const key of wanted.required ?? []) {
      // A misspelt key is one mistake, not two.
      if (key in group || meant.has(key)) continue;
      diagnostics.push({
        code: 'DOCUMENT_MISSING_KEY',
        severity: 'error',
        message: `${nameOf(path)} has no \`${key}\``,
        place: placeOf(path, 'key'),
        hint: `add \`${key}: …\``,
      });
    }
  };
  check(value, schema, []);
  return diagnostics;
}

/** Whether the value itself has the right kind; what is inside a group or list is checked apart. */
function fits(value: unknown, schema: Schema): boolean {
  if (schema.anyOf) return schema.anyOf.some((branch) => fits(value, branch));
  if ('const' in schema) return value === schema.const;
  switch (schema.type) {
    case 'object':
      return isRecord(value) && !Array.isArray(value);
    case 'array':
      return Array.isArray(value) && value.length >= (schema.minItems ?? 0);
    case 'string':
      return (
        typeof value === 'string' &&
        value.length >= (schema.minLength ?? 0) &&
        value.length <= (schema.maxLength ?? Infinity) &&
        (schema.pattern === undefined || new RegExp(schema.pattern).test(value))
      );
    case 'number':
    case 'integer':
      return (
        typeof value === 'number' &&
        Number.isFinite(value) &&
        (schema.type === 'number' || Number.isSafeInteger(value)) &&
        value >= (schema.minimum ?? -Infinity) &&
        value <= (schema.maximum ?? Infinity)
      );
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return true;
  }
}

function patternFor(key: string, schema: Schema): Schema | undefined {
  return Object.entries(schema.patternProperties ?? {}).find(([pattern]) =>
    new RegExp(pattern).test(key),
  )?.[1];
}

function wrongValue(found: unknown, wanted: Schema, path: Path, placeOf: PlaceOf): Diagnostic {
  const choices = (wanted.anyOf ?? []).flatMap((it) => (typeof it.const === 'string' ? [it.const] : []));
  const nearest = typeof found === 'string' ? suggest(found, choices) : undefined;
  return {
    code: path.length === 1 && path[0] === 'gemel' ? 'DOCUMENT_VERSION' : 'DOCUMENT_TYPE',
    severity: 'error',
    message: `${nameOf(path)} is ${describe(found)}`,
    place: placeOf(path),
    expected: expectation(wanted),
    found: describe(found),
    ...(nearest === undefined ? {} : { hint: `did you mean \`${nearest}\`?` }),
  };
}

/** A sentence as a part of another. */
function phrase(sentence: string | undefined): string | undefined {
  return sentence && `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
}

function expectation(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(expectation))].join(' or ');
  if ('const' in schema) return `\`${String(schema.const)}\``;
  if (schema.pattern !== undefined) return phrase(schema.description) ?? `text like ${schema.pattern}`;
  const { minimum, maximum } = schema;
  const range = [
    minimum === undefined ? [] : `at least ${minimum}`,
    maximum === undefined ? [] : `at most ${maximum}`,
  ].flat();
  switch (schema.type) {
    case 'object':
      return 'keys and values';
    case 'array':
      return 'a list';
    case 'number':
    case 'integer':
      return [schema.type === 'number' ? 'a number' : 'a whole number', ...range].join(', ');
    case 'string':
      return schema.minLength ? 'text' : 'a text';
    default:
      return `a ${schema.type ?? 'value'}`;
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a group of keys';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function nameOf(path: Path): string {
  return path.length === 0 ? 'the document' : `\`${path.join('.')}\``;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
