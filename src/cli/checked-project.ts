/** A project that is in order, for commands that need one. */

import { loadProject, type Project } from '../app/index.ts';
import { GemelError, renderDiagnostics } from '../core/diagnose/index.ts';
import { colorOn } from './terminal.ts';

/**
 * The project of a directory, or all its problems on stderr.
 *
 * @param what - what cannot be done without, such as `the project was not started`.
 * @throws GemelError `PROJECT_INVALID`, `PROJECT_MISSING`.
 */
export function checkedProject(directory: string, what: string): Project {
  const { project, diagnostics, sources } = loadProject(directory);
  if (diagnostics.length > 0) {
    process.stderr.write(`${renderDiagnostics(diagnostics, { sources, color: colorOn(process.stderr) })}\n`);
  }
  if (project) return project;
  throw new GemelError('PROJECT_INVALID', what, { hint: 'correct the problems above' });
}
