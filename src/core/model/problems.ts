/** Collects the problems of one document, each with its place; nothing is thrown, so all are reported at once. */

import type { Diagnostic, ErrorCode, Place } from '../diagnose/index.ts';
import type { Document } from '../document/index.ts';
import type { ModelDocument } from './schema.ts';

export type Path = readonly (string | number)[];

export interface Details {
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string | undefined;
}

export class Problems {
  readonly diagnostics: Diagnostic[] = [];
  readonly #document: Document<ModelDocument>;

  constructor(document: Document<ModelDocument>) {
    this.#document = document;
  }

  /** A problem of the node at `path`. */
  at(code: ErrorCode, path: Path, message: string, details: Details = {}): void {
    this.#add(code, this.#document.placeOf(path), message, details);
  }

  /** A problem of the name of the node at `path`. */
  atKey(code: ErrorCode, path: Path, message: string, details: Details = {}): void {
    this.#add(code, this.#document.placeOf(path, 'key'), message, details);
  }

  /** A problem of a stretch of the text at `path`. */
  within(code: ErrorCode, site: Site, message: string, details: Details = {}): void {
    this.#add(code, this.#document.placeIn(site.path, site.span, site.part ?? 'value'), message, details);
  }

  #add(code: ErrorCode, place: Place, message: string, details: Details): void {
    const { hint, ...rest } = details;
    this.diagnostics.push({
      code,
      severity: 'error',
      message,
      place,
      ...rest,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** A stretch of a formula's text. */
export interface Site {
  readonly path: Path;
  readonly span: { readonly start: number; readonly end: number };
  readonly part?: 'key' | 'value';
}
