/**
 * Checks requests against their schemas and says in words what is wrong.
 *
 * Bodies are taken as they are: nothing is converted, dropped or filled in. Query parameters are text, so one that
 * the schema wants as a number is read as a number if it is written as one, and is refused otherwise. A field that
 * the schema does not know is refused with the name that was probably meant.
 */

import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { didYouMean } from '../../core/diagnose/index.ts';
import { ProblemError, type ProblemItem } from './problem.ts';

/** The errors are shown up to this many. */
const shownErrors = 20;

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const isBody = httpPart === 'body';
  return (given: unknown) => {
    const value = isBody ? given : readNumbers(schema, given);
    const errors = findProblems(schema, value, isBody ? '#' : '?');
    if (errors.length === 0) return { value };
    const detail =
      errors.length === 1 ? (errors[0]?.detail ?? '') : `${errors.length} problems, listed in errors`;
    const hint = errors.length === 1 ? errors[0]?.hint : undefined;
    return { error: new ProblemError('HTTP_INVALID', detail, { hint, errors }) };
  };
};

const NoQuery = Type.Object({}, { additionalProperties: false });

/**
 * Lets routes that have no query refuse any: who asks them for a past moment must not be shown the present. Must be called before
 * the routes are added; those that are not described (`hide`) or check for themselves are left alone.
 */
export function refuseUnknownQueries(app: FastifyInstance): void {
  app.addHook('onRoute', (options) => {
    const { schema, validatorCompiler: own } = options;
    if (schema?.querystring !== undefined || schema?.hide === true || own !== undefined) return;
    options.schema = { ...schema, querystring: NoQuery };
  });
}

/** Everything that keeps a value from fitting its schema; nothing if it fits. `root` says where the value stood. */
export function findProblems(schema: TSchema, value: unknown, root: '#' | '?'): readonly ProblemItem[] {
  return Value.Check(schema, value) ? [] : explain(schema, value, root);
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Reads a number as people write it; `undefined` for anything else, such as `nan`, `0x10`, an empty text or 1e999. */
export function parseNumber(text: string): number | undefined {
  if (!numberPattern.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function readNumbers(schema: TSchema, given: unknown): unknown {
  const properties = propertiesOf(schema);
  if (typeof given !== 'object' || given === null) return given;
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const type = properties[name]?.type;
    const wantsNumber = type === 'number' || type === 'integer';
    read[name] = wantsNumber && typeof value === 'string' ? (parseNumber(value) ?? value) : value;
  }
  return read;
}

interface SchemaNode {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly anyOf?: readonly SchemaNode[];
  readonly const?: unknown;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
}

function propertiesOf(schema: SchemaNode): Readonly<Record<string, SchemaNode>> {
  return schema.properties ?? {};
}

/** Every problem once, in words: `anyOf` reports each branch it tried, of which the branches are left out. */
function explain(schema: TSchema, value: unknown, root: '#' | '?'): readonly ProblemItem[] {
  const raw = Value.Errors(schema, value);
  const unions = raw.filter((error) => error.keyword === 'anyOf').map((error) => error.schemaPath);
  const items: ProblemItem[] = [];
  for (const error of raw) {
    if (items.length === shownErrors) break;
    if (error.keyword === 'boolean') continue;
    if (unions.some((path) => error.schemaPath.startsWith(`${path}/anyOf/`))) continue;
    const names = error.instancePath.split('/').slice(1).map(unescapePointer);
    const at = root === '#' ? `#${error.instancePath}` : `?${names.join('.')}`;
    if (error.keyword === 'additionalProperties') {
      const known = Object.keys(propertiesOf(schemaAt(schema, names)));
      for (const name of error.params.additionalProperties) items.push(unknownField(at, root, name, known));
    } else if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) {
        items.push({ at: join(at, root, name), detail: `${label(join(at, root, name))} is missing` });
      }
    } else {
      items.push({
        at,
        detail: `${label(at)} ${describe(error, schemaAt(schema, names))}, not ${show(valueAt(value, names))}`,
      });
    }
  }
  return items;
}

function unknownField(at: string, root: '#' | '?', name: string, known: readonly string[]): ProblemItem {
  const what = root === '#' ? 'field' : 'query parameter';
  const expected = known.length === 0 ? 'none is expected here' : `known here: ${known.join(', ')}`;
  return {
    at: join(at, root, name),
    detail: `unknown ${what} ${show(name)}`,
    hint: didYouMean(name, known) ?? expected,
  };
}

function join(at: string, root: '#' | '?', name: string): string {
  if (root === '?') return at === '?' ? `?${name}` : `${at}.${name}`;
  return `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function label(at: string): string {
  if (at === '#') return 'the body';
  return at === '?' ? 'the query' : at;
}

interface Fault {
  readonly keyword: string;
  readonly params: object;
  readonly message: string;
}

function describe(error: Fault, { anyOf = [] }: SchemaNode): string {
  if (error.keyword === 'anyOf') {
    const choices = anyOf.flatMap((choice) => ('const' in choice ? [String(choice.const)] : []));
    if (choices.length > 0) return `must be one of ${choices.join(', ')}`;
    return `must be ${anyOf.map((choice) => shapeOf(choice)).join(' or ')}`;
  }
  if (error.keyword === 'type' && 'type' in error.params)
    return `must be of type ${String(error.params.type)}`;
  return error.message;
}

/** What fits a schema, in a few words: `a number`, `{ "value": number, "unit": text }`. */
function shapeOf({ type, properties, items, required = [] }: SchemaNode): string {
  if (type === 'array') return items === undefined ? 'a list' : `[ ${kindOf(items)}, … ]`;
  if (properties === undefined) return kindOf({ type }, 'a ');
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      `"${name}"${required.includes(name) ? '' : '?'}: ${field.type === 'array' ? shapeOf(field) : kindOf(field)}`,
  );
  return `{ ${fields.join(', ')} }`;
}

function kindOf({ type }: SchemaNode, article = ''): string {
  if (type === 'boolean') return 'true or false';
  if (type === 'null') return 'null';
  if (type === 'string') return 'text';
  return `${article}${typeof type === 'string' ? type : 'value'}`;
}

/** A value as it may stand in a message: short, whatever its size or depth. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function schemaAt(schema: TSchema, names: readonly string[]): SchemaNode {
  let node: SchemaNode = schema;
  for (const name of names) {
    node = propertiesOf(node)[name] ?? Object.values(node.patternProperties ?? {})[0] ?? {};
  }
  return node;
}

function valueAt(value: unknown, names: readonly string[]): unknown {
  let at = value;
  for (const name of names) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([key]) => key === name)?.[1];
  }
  return at;
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
