/** Asks an engine that runs over its HTTP interface, and turns what goes wrong into words. */

import { type ErrorCode, catalogue, GemelError } from '../core/diagnose/index.ts';

const patienceMs = 10_000;

/**
 * GET, or POST with a body.
 *
 * @throws GemelError `ENGINE_UNREACHABLE`, or the code with which the engine refused.
 */
export async function request<T>(url: string, path: string, body?: object): Promise<T> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(new URL(path, url), {
      signal: AbortSignal.timeout(patienceMs),
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    answer = await response.json();
  } catch (error) {
    const why = error instanceof Error ? explain(error) : String(error);
    throw new GemelError('ENGINE_UNREACHABLE', `no engine answers at ${url}: ${why}`, {
      hint: 'start it with `gemel up`, or say where it is with --url',
    });
  }
  if (response.ok) return answer as T;
  const { code, detail, hint } = answer as Record<string, unknown>;
  if (typeof code !== 'string' || !isCode(code)) {
    throw new GemelError('ENGINE_UNREACHABLE', `what answers at ${url} is no engine: ${response.status}`);
  }
  throw new GemelError(code, String(detail), typeof hint === 'string' ? { hint } : {});
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

/** What `fetch` says is only that it failed; why stands in its cause. */
function explain({ message, cause }: Error): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
