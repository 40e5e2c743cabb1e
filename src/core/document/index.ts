/** Documents people write (models, projects): YAML or JSON text to checked data, with a place for every node. */

export { type Document, documentOf, type DocumentResult, readDocument, type SourceText } from './read.ts';
export { type Static, Type } from './schema.ts';
