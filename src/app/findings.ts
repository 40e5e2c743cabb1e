/** Gathers the problems of one document, each with the place of the node that it is about. */

import type { Diagnostic, Place } from '../core/diagnose/index.ts';
import type { Document } from '../core/document/index.ts';
import type { ValueProblem } from './duration.ts';

export type Path = readonly (string | number)[];

export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly #document: Document<unknown>;

  constructor(document: Document<unknown>) {
    this.#document = document;
  }

  /** A problem of the value at `path`. */
  at(path: Path, problem: ValueProblem): void {
    this.#add('error', this.#document.placeOf(path, 'value'), problem);
  }

  /** A problem of the name that leads to `path`. */
  atKey(path: Path, problem: ValueProblem): void {
    this.#add('error', this.#document.placeOf(path, 'key'), problem);
  }

  /** What may well go wrong, but need not. */
  warnAt(path: Path, problem: ValueProblem): void {
    this.#add('warning', this.#document.placeOf(path, 'value'), problem);
  }

  #add(severity: Diagnostic['severity'], place: Place, { hint, ...problem }: ValueProblem): void {
    this.diagnostics.push({ severity, place, ...problem, ...(hint !== undefined && { hint }) });
  }
}
