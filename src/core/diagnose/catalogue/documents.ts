/** Codes about the text of a document: can it be read at all, and are its keys and values of the right kind. Keep them alphabetical. */

import type { CatalogueEntry } from './entry.ts';

export const documentsCodes = {
  DOCUMENT_DUPLICATE_KEY: {
    title: 'key given twice',
    cause: 'The same key stands twice in one mapping, so one of its two values would be lost.',
    remedy: 'Remove or rename one of the two.',
  },
  DOCUMENT_MISSING_KEY: {
    title: 'missing key',
    cause: 'A key that this part of the document must have is not there.',
    remedy: 'Add the key.',
  },
  DOCUMENT_SYNTAX: {
    title: 'syntax error',
    cause: 'The text is not well-formed YAML or JSON.',
    remedy: 'Correct the text at the place shown; indentation, colons and quotes are the usual suspects.',
  },
  DOCUMENT_TOO_LARGE: {
    title: 'document too large',
    cause: 'The document is longer or more deeply nested than a document may be.',
    remedy: 'Split it, or remove what does not belong in it.',
  },
  DOCUMENT_TYPE: {
    title: 'wrong type',
    cause: 'A value is not of the kind that is expected at its place.',
    remedy: 'Give a value of the kind shown as expected.',
  },
  DOCUMENT_UNKNOWN_KEY: {
    title: 'unknown key',
    cause: 'A key is not one that this part of the document may have; it is refused rather than ignored.',
    remedy: 'Correct the spelling, or remove the key.',
  },
  DOCUMENT_VERSION: {
    title: 'unknown document version',
    cause: 'The number after `gemel:` is not a version of the document format that this program reads.',
    remedy: 'Write `gemel: 1`, or use a program that reads this version.',
  },
  FILE_UNREADABLE: {
    title: 'unreadable file',
    cause: 'A file that is named does not exist, or may not be read.',
    remedy: 'Correct the name, or give the user who runs Gemel the right to read it.',
  },
} satisfies Record<string, CatalogueEntry>;
