/**
 * What every error of the HTTP interface looks like: problem details (RFC 9457), with the product's permanent code.
 *
 * `type` is a URN made of the code, since a program has no address of its own that a reader could always reach; the
 * same code stands in the list of errors, with its cause and remedy.
 */

import { catalogue, type ErrorCode, GemelError } from '../../core/diagnose/index.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** One of several things that are wrong with a request. */
export interface ProblemItem {
  /** Where: a JSON pointer into the body (`#/inputs/ambient`), the name of a query parameter (`?ambient`), or line and column of a document (`14:23`). */
  readonly at: string;
  readonly detail: string;
  /** Why a value was refused, in the engine's words (`not-a-number`, `unknown-signal` …). */
  readonly reason?: string;
  readonly hint?: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly errors?: readonly ProblemItem[];
  /** Some problems carry more: what was accepted, what is allowed, which check failed. */
  readonly [extension: string]: unknown;
}

export interface ProblemOptions {
  readonly hint?: string | undefined;
  readonly errors?: readonly ProblemItem[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Thrown by a handler to be answered as a problem. */
export class ProblemError extends GemelError {
  readonly errors: readonly ProblemItem[];
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ProblemOptions = {}) {
    super(code, message, { hint: options.hint });
    this.errors = options.errors ?? [];
    this.extensions = options.extensions ?? {};
  }
}

/** Codes that are not answered with 422. */
const statuses: Partial<Record<ErrorCode, number>> = {
  ALARM_STATE: 409,
  ALARM_UNKNOWN: 404,
  CHECKPOINT_UNWRITABLE: 503,
  CALIBRATION_BUSY: 503,
  CALIBRATION_UNKNOWN: 404,
  FLEET_BUSY: 503,
  FLEET_STOPPED: 503,
  HISTORY_UNAVAILABLE: 503,
  HTTP_BODY_TOO_LARGE: 413,
  HTTP_CONTENT_TYPE: 415,
  HTTP_CROSS_ORIGIN: 403,
  HTTP_FOREIGN_HOST: 421,
  HTTP_HEADERS_TOO_LARGE: 431,
  HTTP_INTERNAL: 500,
  HTTP_MALFORMED: 400,
  HTTP_METHOD: 405,
  HTTP_NOT_FOUND: 404,
  HTTP_NOT_READY: 503,
  HTTP_TIMEOUT: 408,
  HTTP_UPGRADE: 426,
  JOURNAL_UNWRITABLE: 503,
  MODEL_UNKNOWN: 404,
  MODEL_VERSION_EXISTS: 409,
  PAST_AHEAD: 400,
  PAST_UNKNOWN: 404,
  ROLLOUT_EXISTS: 409,
  ROLLOUT_LIMIT: 409,
  ROLLOUT_STATE: 409,
  ROLLOUT_UNKNOWN: 404,
  STREAM_FULL: 503,
  TRIAL_RUNS: 409,
  TRIAL_UNKNOWN: 404,
  TWIN_DUPLICATE: 409,
  TWIN_UNKNOWN: 404,
  TWIN_WAITING: 409,
  WORKER_FAILED: 503,
};

function statusOf(code: ErrorCode): number {
  return statuses[code] ?? 422;
}

export function problemOf(error: GemelError, instance: string): Problem {
  const entry = catalogue[error.code];
  const errors = error instanceof ProblemError ? error.errors : [];
  return {
    type: `urn:gemel:error:${error.code}`,
    title: entry.title,
    status: statusOf(error.code),
    detail: error.message,
    instance,
    code: error.code,
    hint: error.hint ?? entry.remedy,
    ...(errors.length > 0 ? { errors } : {}),
    ...(error instanceof ProblemError ? error.extensions : {}),
  };
}
