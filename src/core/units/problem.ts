/** What is wrong with the text of a unit or a quantity, and where in it. Bad text is data, so it is returned. */

import type { ErrorCode } from '../diagnose/index.ts';

export interface UnitProblem {
  readonly code: ErrorCode;
  /** Where the fault is: an offset into the text given, and how far it reaches. */
  readonly at: number;
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
}
