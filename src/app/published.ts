/** The schemas as editors get them: with an id, the dialect, and durations as text alone. */

import { ModelDocumentSchema } from '../core/model/index.ts';
import { durationMark } from './options.ts';
import { ProjectDocumentSchema, TwinSchema } from './schema.ts';

/** JSON Schema, draft 2020-12, of model or project files; plain data. */
export function publishedSchema(kind: 'model' | 'project'): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:gemel:schema:${kind}:1`,
    title: kind === 'model' ? 'Gemel model' : 'Gemel project',
    ...published({ ...(kind === 'model' ? ModelDocumentSchema : ProjectDocumentSchema) }),
  };
}

/** What describes one twin. */
export function publishedTwinSchema(): Record<string, unknown> {
  return published({ ...TwinSchema });
}

const durationPattern = '^\\s*[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?\\s*[A-Za-zµ]+\\s*$';

function published(schema: Readonly<Record<string | symbol, unknown>>): Record<string, unknown> {
  if (durationMark in schema) {
    return {
      type: 'string',
      pattern: durationPattern,
      description: schema['description'],
      examples: schema['examples'],
    };
  }
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, publishedValue(value)]));
}

function publishedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publishedValue);
  return isObject(value) ? published(value) : value;
}

function isObject(value: unknown): value is Record<string | symbol, unknown> {
  return typeof value === 'object' && value !== null;
}
