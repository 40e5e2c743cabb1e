/** Loading one model for a command, or saying everything that is wrong with it. */

import { displayName, readFile } from '../app/index.ts';
import { GemelError, renderDiagnostics } from '../core/diagnose/index.ts';
import { compileModel, type Model } from '../core/model/index.ts';
import { colorOn } from './terminal.ts';

/** @throws GemelError `FILE_UNREADABLE`, or `MODEL_INVALID` after its problems have been shown. */
export function loadModelFile(path: string): Model {
  const file = displayName(path);
  const text = readFile(path);
  const { model, diagnostics } = compileModel({ file, text });
  if (diagnostics.length > 0) {
    const sources = new Map([[file, text]]);
    process.stderr.write(renderDiagnostics(diagnostics, { sources, color: colorOn(process.stderr) }));
  }
  if (!model)
    throw new GemelError('MODEL_INVALID', `nothing was done with ${file}`, {
      hint: 'correct the problems above',
    });
  return model;
}
