/**
 * A model document with the fitted values in it, as its next minor version.
 *
 * The values are put into the text where the old ones stand, so that everything else, comments and spacing included, stays
 * as it was written.
 */

import { isScalar, parseDocument, type Scalar } from 'yaml';
import { GemelError } from '../diagnose/index.ts';
import { nextVersion } from '../model/index.ts';
import { fromSi, fromSiDifference } from '../units/index.ts';
import type { CalibrationResult, Estimate } from './result.ts';

export interface NewVersion {
  readonly version: string;
  readonly text: string;
}

/**
 * @param text - of the document that was fitted, YAML or JSON.
 * @throws GemelError `MODEL_INVALID` if the text is not that of the model.
 */
export function newVersion(text: string, { model, estimates }: CalibrationResult): NewVersion {
  const document = parseDocument(text);
  const version = nextVersion([model.version], 'minor');
  const splices = [
    { path: ['version'], write: (): string => version },
    ...estimates.map((estimate) => ({
      path:
        estimate.unknown.of === 'parameter'
          ? ['parameters', estimate.unknown.name, 'value']
          : ['states', estimate.unknown.name, 'start'],
      write: (node: Scalar): string => written(estimate, node),
    })),
  ].map(({ path, write }) => {
    const node = document.getIn(path, true);
    if (!isScalar(node) || !node.range) {
      throw new GemelError('MODEL_INVALID', `the document has no \`${path.join('.')}\``);
    }
    const [from, to] = node.range;
    const quote = /^["']/.exec(text.slice(from, to))?.[0] ?? '';
    return { from, to, text: `${quote}${write(node)}${quote}` };
  });
  let result = text;
  for (const splice of splices.toSorted((a, b) => b.from - a.from)) {
    result = result.slice(0, splice.from) + splice.text + result.slice(splice.to);
  }
  return { version, text: result };
}

/** A number where there was one, else a quantity in the signal's own unit. */
function written(estimate: Estimate, node: Scalar): string {
  const number = roundedValue(estimate);
  const hadUnit = typeof node.value === 'string' && /[^\s\d.eE+-]/.test(node.value);
  return hadUnit ? `${number} ${estimate.unknown.signal.unit.symbol}` : number;
}

/** With as many digits as leave the simulation as it is: three more than are certain. */
function roundedValue({ unknown, value, standardError }: Estimate): string {
  const { unit, min = -Infinity, max = Infinity } = unknown.signal;
  const own = fromSi(value, unit);
  const error = Math.abs(fromSiDifference(standardError, unit));
  const certain = error > 0 ? Math.ceil(Math.log10(Math.abs(own) / error)) : 6;
  const digits = Math.min(12, Math.max(5, certain + 3));
  const short = Number(own.toPrecision(digits));
  const isWithin = short >= fromSi(min, unit) && short <= fromSi(max, unit);
  return String(isWithin ? short : Number(own.toPrecision(15)));
}
