/** Fields of a payload as people write them: `value.kw`, `values[0]`, `[2].temperature`, or a list of the steps. */

import type { ValueProblem } from './duration.ts';

export type FieldPath = readonly (string | number)[];

const depthLimit = 32;
const step = /(?:^|\.)([^.[\]\s]+)|\[(\d{1,9})\]/y;

/** The steps from the payload to the value. */
export function parseField(
  written: string | FieldPath,
): { readonly path: FieldPath } | { readonly problem: ValueProblem } {
  const path = typeof written === 'string' ? stepsOf(written) : written;
  if (path === undefined || path.length === 0) {
    return refused(
      `\`${String(written)}\` is not a field`,
      'write names with dots between them and positions in brackets: value.kw, values[0]',
    );
  }
  if (path.length > depthLimit) return refused(`a field has at most ${depthLimit} steps`);
  return { path };
}

function stepsOf(text: string): FieldPath | undefined {
  const path: (string | number)[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (!found) return undefined;
    path.push(found[1] ?? Number(found[2]));
  }
  return path;
}

function refused(message: string, hint?: string): { readonly problem: ValueProblem } {
  return { problem: { code: 'FIELD_SYNTAX', message, hint } };
}
