/** `POST /api/v1/models`: a new model, or a new version of one, while the twins run. */

import Type from 'typebox';
import { type Diagnostic, diagnosticsToJson, renderDiagnostics } from '../../../core/diagnose/index.ts';
import type { SourceText } from '../../../core/document/index.ts';
import { ModelDocumentSchema } from '../../../core/model/index.ts';
import { nestedDeeperThan } from '../body.ts';
import type { ModelPublishing, RouteContext } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../replies.ts';
import * as schemas from '../schemas.ts';
import { modelDetail, modelsNow } from '../known-models.ts';

/** The largest of the library has 15,000; a million would be checked for seconds. */
const documentBytes = 262_144;
const depthLimit = 200;
/** The name of the text in diagnostics: a request has no file. */
const documentName = 'model';

const types = /^application\/(?:[\w.-]+\+)?(?:json|yaml|x-yaml)(?:\s*;|$)|^text\/(?:x-)?yaml(?:\s*;|$)/i;

export function publishRoutes({ app, fleet }: RouteContext, publishing: ModelPublishing): void {
  // Only here is a body kept as the text it is, so that problems have the sender's own lines and columns.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.addContentTypeParser('*', (_request, _body, done) =>
      done(
        new ProblemError('HTTP_CONTENT_TYPE', 'a model is sent as YAML or JSON', {
          hint: 'with curl: --data-binary @model.yaml -H "content-type: application/yaml"',
        }),
      ),
    );
    scope.post<{ Body: unknown }>(
      '/api/v1/models',
      {
        bodyLimit: documentBytes,
        schema: {
          operationId: 'publishModel',
          summary: 'Publishes a model while the twins run',
          description:
            'The body is a model document, YAML or JSON, checked as by `gemel check`. A published version never changes: ' +
            'the same document again is answered with 200, another of the same version with 409.',
          tags: ['models'],
          consumes: ['application/yaml', 'application/json'],
          body: Type.Unsafe<unknown>({ title: 'ModelDocument', ...ModelDocumentSchema }),
          response: { 200: schemas.ModelDetail, 201: schemas.ModelDetail, ...problems },
        },
        // The document has its own checks, with a place and a picture of each problem.
        validatorCompiler: () => () => true,
      },
      async (request, reply) => {
        const found = await publishing.publish({ file: documentName, text: readText(request.body) });
        if ('diagnostics' in found) throw refused(found.diagnostics, found.source);
        const { model, isNew } = found;
        if (isNew) reply.code(201).header('location', `/api/v1/models/${encodeURIComponent(model.id)}`);
        return modelDetail(modelsNow(fleet), model);
      },
    );
  });
}

/** @throws ProblemError `HTTP_MALFORMED` */
function readText(body: unknown): string {
  if (!(body instanceof Uint8Array) || body.length === 0)
    throw new ProblemError('HTTP_MALFORMED', 'there is no document in the body');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new ProblemError('HTTP_MALFORMED', 'the body is not valid UTF-8');
  }
  if (nestedDeeperThan(depthLimit, text))
    throw new ProblemError('HTTP_MALFORMED', `the body is nested more than ${depthLimit} levels deep`);
  return text;
}

function refused(diagnostics: readonly Diagnostic[], { file, text }: SourceText): ProblemError {
  const ordered = diagnostics.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
  const errors = ordered.map(({ code, message, place, hint }) => ({
    at: `${place?.line ?? 1}:${place?.column ?? 1}`,
    detail: message,
    reason: code,
    ...(hint === undefined ? {} : { hint }),
  }));
  const [first] = errors;
  const detail =
    errors.length === 1
      ? `line ${first?.at}: ${first?.detail}`
      : `${errors.length} problems, listed in errors`;
  return new ProblemError('MODEL_INVALID', detail, {
    hint: errors.length === 1 ? first?.hint : undefined,
    errors,
    extensions: {
      diagnostics: diagnosticsToJson(ordered),
      picture: renderDiagnostics(diagnostics, { sources: new Map([[file, text]]), color: 'never' }),
    },
  });
}
