/**
 * `npm run docs`: writes the parts of docs/errors.md and docs/units.md that the sources know best.
 *
 * Such a part stands between `<!-- name: written by npm run docs -->` and `<!-- end of name -->`; what is around it is
 * written by hand. test/docs holds that the pages are as the sources say.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { catalogueThemes, diagnosticsToJson, renderDiagnostics } from '../src/core/diagnose/index.ts';
import { compileModel } from '../src/core/model/index.ts';
import { type CatalogueUnit, unitCatalogue } from '../src/core/units/index.ts';

const exampleFile = 'models/pump.yaml';

/** The pages with generated parts, each with the writers of its parts, which are given the page as it stands. */
const pages: Readonly<Record<string, Readonly<Record<string, (page: string) => string>>>> = {
  'docs/errors.md': { picture: pictureOfExample, json: jsonOfExample, codes: codesByTheme },
  'docs/units.md': { prefixes: prefixTable, units: unitsByQuantity, codes: uneceTable },
};

/** The paths of the pages that have generated parts, from the root. */
export const generatedPages: readonly string[] = Object.keys(pages);

/** The text of a page with every generated part as the sources say. Throws if a marker is missing. */
export function regenerated(path: string, page: string): string {
  return Object.entries(pages[path] ?? {}).reduce((text, [name, write]) => {
    const [begin, end] = [`<!-- ${name}: written by npm run docs -->`, `<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} has no part between ${begin} and ${end}`);
    return `${text.slice(0, from + begin.length)}\n\n${write(page)}\n\n${text.slice(to)}`;
  }, page);
}

if (import.meta.main) {
  for (const path of generatedPages) {
    const file = new URL(`../${path}`, import.meta.url);
    const before = readFileSync(file, 'utf8');
    const after = regenerated(path, before);
    if (before !== after) writeFileSync(file, after);
    console.log(`${path} ${before === after ? 'is as it should be' : 'written'}`);
  }
}

/** The first YAML block of the page, compiled. It is there for its mistakes. */
function compiledExample(page: string) {
  const text = /^```yaml\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  return { text, ...compileModel({ file: exampleFile, text }) };
}

function pictureOfExample(page: string): string {
  const { text, diagnostics } = compiledExample(page);
  const sources = new Map([[exampleFile, text]]);
  return fenced('', renderDiagnostics(diagnostics, { sources, color: 'never' }));
}

/** One diagnostic is enough to show what all look like. */
function jsonOfExample(page: string): string {
  const [first] = diagnosticsToJson(compiledExample(page).diagnostics.slice(-1));
  return fenced('json', JSON.stringify(first, undefined, 2));
}

function codesByTheme(): string {
  return catalogueThemes
    .map(({ title, codes }) => {
      const rows = Object.entries(codes).map(([code, entry]) => [
        `<a id="${code}"></a>\`${code}\`<br>${entry.title}`,
        entry.cause,
        entry.remedy,
      ]);
      return `### ${title}\n\n${table(['code', 'what it means', 'what to do'], rows)}`;
    })
    .join('\n\n');
}

function prefixTable(): string {
  const rows = unitCatalogue().prefixes.map(({ symbol, name, factor }) => [
    quoted(symbol),
    name,
    written(factor),
  ]);
  return table(['prefix', 'name', 'factor'], rows);
}

function unitsByQuantity(): string {
  return unitCatalogue()
    .quantities.map(({ quantity, units }) => {
      const heading = `### ${quantity.charAt(0).toUpperCase()}${quantity.slice(1)}`;
      return `${heading}\n\n${table(
        ['unit', 'name', 'in SI', 'also written', 'prefixes'],
        units.map((it) => unitRow(it, quantity)),
      )}`;
    })
    .join('\n\n');
}

function unitRow(unit: CatalogueUnit, quantity: string): string[] {
  const { symbol, name, aliases, prefixes } = unit;
  // The two ohm signs of Unicode look the same; both are read.
  const names = new Set(aliases.map((alias) => quoted(alias.normalize('NFC'))));
  return [quoted(symbol), name, inSi(unit, quantity), [...names].join(' '), prefixes.map(quoted).join(' ')];
}

/** Energy and torque have one dimension, and only the quantity tells which is meant. */
function inSi({ factor, offset, si }: CatalogueUnit, quantity: string): string {
  const unit = si === 'N·m' && quantity !== 'torque' ? 'J' : si;
  if (offset !== 0) return `(x${factor === 1 ? '' : ` · ${written(factor)}`} + ${written(offset)}) ${unit}`;
  if (unit === '1') return written(factor);
  return factor === 1 ? unit : `${written(factor)} ${unit}`;
}

function uneceTable(): string {
  const cells = unitCatalogue().codes.map(({ code, unit }) => [quoted(code), quoted(unit)]);
  const height = Math.ceil(cells.length / 4);
  const rows = Array.from({ length: height }, (_, row) =>
    [0, 1, 2, 3].flatMap((column) => cells[column * height + row] ?? ['', '']),
  );
  return table(
    [0, 1, 2, 3].flatMap(() => ['code', 'unit']),
    rows,
  );
}

/** To ten digits: 0.45359237, 0.1047197551 (π/30), 1e-9. */
function written(value: number): string {
  const rounded = Number(value.toPrecision(10));
  return rounded < 1e7 && rounded >= 1e-3 ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}

function quoted(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
