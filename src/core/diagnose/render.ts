/**
 * Diagnostics as a person reads them:
 *
 *     models/pump.yaml:14:23  unit mismatch
 *        der(speed): (torque_motor - torque_load) / heat_capacity
 *                                                   ^^^^^^^^^^^^^
 *        the left side is rad/s², the right side is N·m / (J/K)
 *        did you mean `inertia` (kg·m²)?                                    [EQUATION_UNITS]
 */

import { catalogue } from './catalogue.ts';
import { compareDiagnostics, type Diagnostic, type Place } from './diagnostic.ts';
import { excerptOf, textWidth, visible } from './excerpt.ts';

export interface RenderOptions {
  /** The texts of the files, by the name that the places give. A file that is missing is shown without its line. */
  readonly sources: ReadonlyMap<string, string>;
  readonly color: 'always' | 'never';
}

const indent = '   ';
const pageWidth = 100;
/** Codes end at this column, further right behind a longer line, and below one that fills the page. */
const codeColumn = 84;

/** All diagnostics by file, line and column, with a closing count; the empty string if there is none. Never throws. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return '';
  const lines = new Map([...options.sources].map(([file, text]) => [file, text.split('\n')]));
  const pictures = diagnostics
    .toSorted(compareDiagnostics)
    .map((diagnostic) => renderOne(diagnostic, lines, painterFor(options.color)));
  return `${pictures.join('\n\n')}\n\n${countLine(diagnostics)}\n`;
}

type Style = 'bold' | 'red' | 'yellow' | 'cyan' | 'dim';
type Painter = (style: Style, text: string) => string;

const ansi: Record<Style, number> = { bold: 1, dim: 2, red: 31, yellow: 33, cyan: 36 };

function painterFor(color: RenderOptions['color']): Painter {
  if (color === 'never') return (_style, text) => text;
  return (style, text) => `\u001b[${ansi[style]}m${text}\u001b[0m`;
}

function renderOne(
  diagnostic: Diagnostic,
  lines: ReadonlyMap<string, readonly string[]>,
  paint: Painter,
): string {
  const { code, severity, place, message, expected, found, hint } = diagnostic;
  const alarm = severity === 'error' ? 'red' : 'yellow';
  const title = paint(alarm, `${severity === 'warning' ? 'warning: ' : ''}${catalogue[code].title}`);
  const head = place ? `${paint('bold', describePlace(place))}  ${title}` : title;

  const excerpt =
    place && excerptOf(lines.get(place.file)?.[place.line - 1], place, pageWidth - indent.length);
  const picture = excerpt
    ? [indent + excerpt.text, indent + ' '.repeat(excerpt.before) + paint(alarm, '^'.repeat(excerpt.width))]
    : [];

  const words = [visible(message)];
  const expectation = [
    ...(expected === undefined ? [] : [`expected ${visible(expected)}`]),
    ...(found === undefined ? [] : [`found ${visible(found)}`]),
  ].join(', ');
  if (expectation) words.push(expectation);
  if (hint !== undefined) words.push(visible(hint));

  const text = words.map((line, index) => {
    const isHint = hint !== undefined && index === words.length - 1;
    return indent + (isHint ? paint('cyan', line) : line);
  });
  const label = `[${code}]`;
  const used = indent.length + textWidth(words.at(-1) ?? '');
  const fits = used + 2 + label.length <= pageWidth;
  const gap = codeColumn - label.length - (fits ? used : 0);
  const end = (fits ? '' : '\n') + ' '.repeat(Math.max(2, gap)) + paint('dim', label);
  return [head, ...picture, ...text].join('\n') + end;
}

function describePlace(place: Place): string {
  return `${visible(place.file)}:${place.line}:${place.column}`;
}

/** "2 problems and 1 warning in models/pump.yaml", or "… in 3 files". */
function countLine(diagnostics: readonly Diagnostic[]): string {
  const warnings = diagnostics.filter((diagnostic) => diagnostic.severity === 'warning').length;
  const counts = [counted(diagnostics.length - warnings, 'problem'), counted(warnings, 'warning')];
  const files = new Set(diagnostics.flatMap(({ place }) => (place ? [place.file] : [])));
  const [only] = files;
  const where = files.size > 1 ? ` in ${files.size} files` : only === undefined ? '' : ` in ${visible(only)}`;
  return counts.filter((count) => count !== '').join(' and ') + where;
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
