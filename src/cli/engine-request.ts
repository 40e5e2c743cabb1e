/** Asks an engine that runs over its HTTP interface, and turns what goes wrong into words. */

import { type ErrorCode, catalogue, GemelError } from '../core/diagnose/index.ts';

const patienceMs = 10_000;
/** A file takes longer. */
const filePatienceMs = 120_000;

/**
 * GET, or POST with a body: an object as JSON, a text as YAML.
 *
 * @throws GemelError `ENGINE_UNREACHABLE`, or the code with which the engine refused.
 */
export async function request<T>(url: string, path: string, body?: object | string): Promise<T> {
  return (await exchange<T>(url, path, body)).answer;
}

/** The same with the status of the answer. */
export async function exchange<T>(url: string, path: string, body?: object | string): Promise<Answered<T>> {
  const signal = AbortSignal.timeout(patienceMs);
  if (body === undefined) return send(url, path, { signal });
  const isText = typeof body === 'string';
  return send(url, path, {
    signal,
    method: 'POST',
    headers: { 'content-type': isText ? 'application/yaml' : 'application/json' },
    body: isText ? body : JSON.stringify(body),
  });
}

/** POST of a text of CSV. @throws GemelError as `request`. */
export async function sendFile<T>(url: string, path: string, csv: string): Promise<T> {
  const signal = AbortSignal.timeout(filePatienceMs);
  const headers = { 'content-type': 'text/csv' };
  return (await send<T>(url, path, { signal, method: 'POST', headers, body: csv })).answer;
}

interface Answered<T> {
  readonly status: number;
  readonly answer: T;
}

async function send<T>(url: string, path: string, init: RequestInit): Promise<Answered<T>> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(new URL(path, url), init);
    answer = await response.json();
  } catch (error) {
    const why = error instanceof Error ? explain(error) : String(error);
    throw new GemelError('ENGINE_UNREACHABLE', `no engine answers at ${url}: ${why}`, {
      hint: 'start it with `gemel up`, or say where it is with --url',
    });
  }
  if (response.ok) return { status: response.status, answer: answer as T };
  const { code, detail, hint, picture } = answer as Record<string, unknown>;
  if (typeof code !== 'string' || !isCode(code)) {
    throw new GemelError('ENGINE_UNREACHABLE', `what answers at ${url} is no engine: ${response.status}`);
  }
  const shown = typeof picture === 'string' ? `${String(detail)}\n${picture}` : String(detail);
  throw new GemelError(code, shown, typeof hint === 'string' ? { hint } : {});
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

/** What `fetch` says is only that it failed; why stands in its cause. */
function explain({ message, cause }: Error): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
