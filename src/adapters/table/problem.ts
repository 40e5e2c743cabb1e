/** What is wrong with a recorded table, and where. */

import { GemelError } from '../../core/diagnose/index.ts';

/** A fault of the table itself, at a line of it (from 1; 0 for the file as a whole). */
export interface TableProblem {
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
}

export function tableError(file: string, problem: TableProblem, cause?: unknown): GemelError {
  const { line, message, hint } = problem;
  const where = line === 0 ? file : `${file}:${line}`;
  return new GemelError('TABLE_INVALID', `${where}: ${message}`, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
    diagnostics: [
      {
        code: 'TABLE_INVALID',
        severity: 'error',
        message,
        ...(line > 0 && { place: { file, line, column: 1, length: 0 } }),
        ...(hint !== undefined && { hint }),
      },
    ],
  });
}
