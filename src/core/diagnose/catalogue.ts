/**
 * Every error code of the product, by theme: a new code goes into the list of its theme in `catalogue/`.
 *
 * A code is permanent: once published it keeps its meaning, and one that is no longer raised is not given to
 * something else. `npm run docs` writes the page docs/errors.md from here.
 */

import { calibrationCodes } from './catalogue/calibration.ts';
import { documentsCodes } from './catalogue/documents.ts';
import { equationsCodes } from './catalogue/equations.ts';
import { modelsCodes } from './catalogue/models.ts';
import { networkCodes } from './catalogue/network.ts';
import { projectsCodes } from './catalogue/projects.ts';
import { runningCodes } from './catalogue/running.ts';
import { unitsCodes } from './catalogue/units.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';

export type { CatalogueEntry } from './catalogue/entry.ts';

export type ErrorCode = keyof typeof catalogue;

export const catalogue = {
  ...documentsCodes,
  ...equationsCodes,
  ...unitsCodes,
  ...modelsCodes,
  ...projectsCodes,
  ...calibrationCodes,
  ...runningCodes,
  ...networkCodes,
} satisfies Record<string, CatalogueEntry>;

/** The codes by theme, in the order in which a reader meets them. */
export const catalogueThemes: readonly CatalogueTheme[] = [
  { title: 'Documents', codes: documentsCodes },
  { title: 'Equations and names', codes: equationsCodes },
  { title: 'Units and quantities', codes: unitsCodes },
  { title: 'Models and their values', codes: modelsCodes },
  { title: 'Projects and the command line', codes: projectsCodes },
  { title: 'Calibration', codes: calibrationCodes },
  { title: 'Running twins', codes: runningCodes },
  { title: 'HTTP, the stream and brokers', codes: networkCodes },
];

export interface CatalogueTheme {
  readonly title: string;
  readonly codes: Readonly<Record<string, CatalogueEntry>>;
}
