/** One twin as data, such as the body of a request → its configuration, by the same checks as a twin of gemel.yaml. */

import type { Publication } from '../adapters/mqtt/index.ts';
import type { Diagnostic, ErrorCode } from '../core/diagnose/index.ts';
import { documentOf } from '../core/document/index.ts';
import type { Model } from '../core/model/index.ts';
import { isName, type TwinConfig } from '../engine/index.ts';
import { Findings, type Path } from './findings.ts';
import { ProjectDocumentSchema, type TwinDocument } from './schema.ts';
import { loadTwins } from './twins.ts';

/** A twin's configuration, where it publishes, and the entry that says so. */
interface LoadedTwin {
  readonly config: TwinConfig;
  readonly publication: Publication;
  readonly entry: TwinDocument;
}

export interface TwinProblem {
  readonly code: ErrorCode;
  /** Where in the entry. */
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

export type TwinResult = { readonly loaded: LoadedTwin } | { readonly problems: readonly TwinProblem[] };

export function loadTwin(id: string, entry: unknown, models: readonly Model[]): TwinResult {
  if (!isName(id)) {
    const message = `\`${id.slice(0, 60)}\` cannot be the name of a twin`;
    const hint = 'letters, digits, dot, dash, colon and underscore, at most 128';
    return { problems: [{ code: 'TWIN_NAME', path: ['id'], message, hint }] };
  }
  const project = { gemel: 1, models: ['*'], twins: { [id]: entry } };
  const { document, diagnostics } = documentOf(project, ProjectDocumentSchema, 'twin');
  if (document === undefined) return { problems: located(project, diagnostics) };
  const findings = new Findings(document);
  const loaded = { models, complete: true, diagnostics: [], sources: new Map<string, string>() };
  const { twins, publications } = loadTwins(document.value, loaded, findings);
  const errors = findings.diagnostics.filter(({ severity }) => severity === 'error');
  const [config] = twins;
  const [publication] = publications;
  const checked = document.value.twins[id];
  if (errors.length > 0 || config === undefined || publication === undefined || checked === undefined) {
    return { problems: located(project, errors) };
  }
  return { loaded: { config, publication, entry: checked } };
}

/** Diagnostics know lines and columns of a text that nobody has seen; here they get back their paths. */
function located(project: object, diagnostics: readonly Diagnostic[]): TwinProblem[] {
  const { document } = documentOf(project, {}, 'twin');
  const paths = new Map<string, Path>();
  for (const path of pathsOf(project)) {
    for (const part of ['key', 'value'] as const) {
      const place = document?.placeOf(path, part);
      if (place !== undefined) paths.set(`${place.line}:${place.column}`, path);
    }
  }
  return diagnostics.map(({ code, message, place, expected, hint }) => ({
    code,
    message: expected === undefined ? message : `${message}; expected: ${expected}`,
    path: (paths.get(`${place?.line}:${place?.column}`) ?? []).slice(2),
    ...(hint !== undefined && { hint }),
  }));
}

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
}
