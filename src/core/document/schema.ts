/**
 * Schemas of documents: plain JSON Schema objects that remember, for the compiler, the type they describe.
 *
 * The names are those of TypeBox, which the HTTP adapter uses. Documents need a tenth of it, and every
 * command of the CLI and every page in a browser would load its 700 modules (130 ms) for that tenth.
 */

declare const described: unique symbol;

/** A JSON Schema for values of type `T`. */
export interface Schema<T = unknown> extends JsonSchema {
  /** For the type checker only. */
  readonly [described]?: T;
}

/** The type a schema describes. */
export type Static<S> = S extends Schema<infer T> ? T : never;

/** The keywords of JSON Schema that documents use. */
export interface JsonSchema extends Options {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: false;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
}

/** What can be said of any schema. */
export interface Options {
  readonly description?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  /** Notes of our own: symbols stay out of JSON and of the checks. */
  readonly [note: symbol]: unknown;
}

/** Marks a property that may be left out. */
export interface Optional<T> {
  readonly optional: Schema<T>;
}

type Properties = Readonly<Record<string, Schema | Optional<unknown>>>;
type OptionalKeys<P> = { [K in keyof P]: P[K] extends Optional<unknown> ? K : never }[keyof P];
type Flat<T> = { [K in keyof T]: T[K] };
type ObjectOf<P> = Flat<
  { [K in Exclude<keyof P, OptionalKeys<P>>]: Static<P[K]> } & {
    [K in OptionalKeys<P>]?: P[K] extends Optional<infer T> ? T : never;
  }
>;

/** Builders of schemas. Objects are closed: a key that is not named is refused. */
export const Type = {
  String: (options: Options = {}): Schema<string> => ({ type: 'string', ...options }),
  Number: (options: Options = {}): Schema<number> => ({ type: 'number', ...options }),
  Integer: (options: Options = {}): Schema<number> => ({ type: 'integer', ...options }),
  Boolean: (options: Options = {}): Schema<boolean> => ({ type: 'boolean', ...options }),
  Literal: <const V extends string | number | boolean>(value: V, options: Options = {}): Schema<V> => ({
    const: value,
    ...options,
  }),
  Union: <const S extends readonly Schema[]>(anyOf: S, options: Options = {}): Schema<Static<S[number]>> => ({
    anyOf,
    ...options,
  }),
  Array: <T>(items: Schema<T>, options: Options = {}): Schema<T[]> => ({ type: 'array', items, ...options }),
  Record: <T>(values: Schema<T>, options: Options = {}): Schema<Record<string, T>> => ({
    type: 'object',
    patternProperties: { '^.*$': values },
    ...options,
  }),
  Optional: <T>(optional: Schema<T>): Optional<T> => ({ optional }),
  Object: <const P extends Properties>(properties: P, options: Options = {}): Schema<ObjectOf<P>> => {
    const known: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const [key, property] of Object.entries(properties)) {
      if ('optional' in property) known[key] = property.optional;
      else {
        known[key] = property;
        required.push(key);
      }
    }
    return { type: 'object', properties: known, required, additionalProperties: false, ...options };
  },
};
