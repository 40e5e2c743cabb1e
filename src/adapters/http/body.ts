/**
 * Reads request bodies: JSON in UTF-8, not nested too deeply. Everything else is refused before it is parsed.
 *
 * An empty body counts as none, whatever its content type says: many clients announce JSON and send nothing.
 */

import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem.ts';

/** Nested more deeply than this, a body is refused. What Gemel expects needs three levels. */
const depthLimit = 32;

export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i,
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (body.length === 0) return done(null, undefined);
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      let text: string;
      try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      } catch {
        return done(new ProblemError('HTTP_MALFORMED', 'the body is not valid UTF-8'));
      }
      if (nestedDeeperThan(depthLimit, text)) {
        return done(
          new ProblemError('HTTP_MALFORMED', `the body is nested more than ${depthLimit} levels deep`),
        );
      }
      void parse(request, text, (error, value) => {
        if (error === null) done(null, value);
        else done(new ProblemError('HTTP_MALFORMED', `the body is not JSON: ${firstLine(error.message)}`));
      });
      return undefined;
    },
  );
  // A form without fields is what `curl -d ''` sends: no body either.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (_request, body, done) => {
      if (body.length === 0) done(null, undefined);
      else done(new ProblemError('HTTP_CONTENT_TYPE', 'forms are not read here'));
    },
  );
}

/** Brackets inside strings are passed over; whether they match is the parser's business. */
export function nestedDeeperThan(limit: number, text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      if (++depth > limit) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}

function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}
