/** Finding nodes of a YAML tree by path, and characters of a scalar's value in the text it was written as. */

import { isAlias, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';

export type Path = readonly (string | number)[];

/** The node at `path`, or the key that leads to it; undefined where the path leaves the document. */
export function findNode(root: unknown, path: Path, part: 'key' | 'value'): Node | undefined {
  let node: unknown = root;
  let key: unknown = root;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) return undefined;
      key = pair.key;
      node = pair.value ?? pair.key;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      key = node;
    } else {
      return undefined;
    }
  }
  const found = part === 'key' ? key : node;
  return isMap(found) || isSeq(found) || isScalar(found) || isAlias(found) ? found : undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Where characters `span` of a scalar's value stand in the source. Quotes, folding and indentation make the
 * two differ only in white space and escapes, so both are walked together and matched on what is not white.
 */
export function alignText(
  source: string,
  written: Range,
  value: string,
  span: Range,
): readonly [number, number] {
  const offsets: number[] = [];
  let at = written.start;
  for (const character of value) {
    if (!isWhite(character)) {
      const found = source.indexOf(character, at);
      // An escape (\u00b0) has no character of its own in the source: stay where we are.
      if (found >= 0 && found < written.end) at = found;
    }
    for (let unit = 0; unit < character.length; unit++) offsets.push(at + unit);
    at += character.length;
  }
  const start = offsets[span.start] ?? at;
  const last = offsets[Math.max(span.start, span.end - 1)] ?? start;
  return [
    Math.min(start, written.end),
    Math.min(Math.max(last + 1, start + 1), Math.max(written.end, start + 1)),
  ];
}

function isWhite(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
