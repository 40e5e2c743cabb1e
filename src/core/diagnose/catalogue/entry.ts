/** What the catalogue says of a code. Each text is one sentence or two; Markdown code marks are allowed. */

export interface CatalogueEntry {
  /** A few words, shown beside the place. */
  readonly title: string;
  /** What it means that this error is reported. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}
