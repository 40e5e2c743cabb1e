/**
 * The line of source that a diagnostic shows, made safe and measured for a terminal: tabs become spaces, control
 * characters and direction overrides become visible, wide characters count two, and a long line is cut around the place.
 */

import type { Place } from './diagnostic.ts';

export interface Excerpt {
  readonly text: string;
  /** Columns before the first caret. */
  readonly before: number;
  /** Number of carets, at least 1. */
  readonly width: number;
}

const tabWidth = 2;
/** A line is first cut to this many code units on either side, so that one of a megabyte costs nothing. */
const reach = 400;

/** What to show of a line, or nothing if there is no such line. A place past its end points at the end. */
export function excerptOf(line: string | undefined, place: Place, columns: number): Excerpt | undefined {
  if (line === undefined || !Number.isFinite(place.column)) return undefined;
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  const start = Math.min(Math.max(0, Math.trunc(place.column) - 1), whole.length);
  const length = Number.isNaN(place.length) ? 1 : Math.max(1, Math.trunc(place.length));
  const end = Math.min(start + length, whole.length);

  const left = cellsOf(whole.slice(Math.max(0, start - reach), start));
  const marked = cellsOf(whole.slice(start, Math.min(end, start + reach)));
  const right = cellsOf(whole.slice(end, end + reach));

  // The indentation says nothing in one line alone, so it goes.
  const isWholeLeft = start <= reach;
  const core = isWholeLeft ? withoutIndentation(left) : left;
  const total = widthOf(core) + widthOf(marked) + widthOf(right);
  if (total <= columns && isWholeLeft && whole.length - end <= reach) {
    return { text: textOf([...core, ...marked, ...right]), before: widthOf(core), width: caretsOf(marked) };
  }

  // The place comes first; what stands around it shares the rest, and what one side does not need the other gets.
  const room = columns - 2; // an ellipsis on either side
  const shownMarked = takeFirst(marked, Math.ceil(room / 2));
  const rest = room - widthOf(shownMarked);
  const fromLeft = Math.max(Math.floor(rest / 2), rest - widthOf(right));
  const shownLeft = takeLast(core, fromLeft);
  const shownRight = shownMarked.length < marked.length ? [] : takeFirst(right, rest - widthOf(shownLeft));
  const cutLeft = shownLeft.length < core.length || !isWholeLeft;
  const cutRight =
    shownMarked.length < marked.length || shownRight.length < right.length || whole.length - end > reach;
  return {
    text:
      (cutLeft ? '…' : '') + textOf([...shownLeft, ...shownMarked, ...shownRight]) + (cutRight ? '…' : ''),
    before: Number(cutLeft) + widthOf(shownLeft),
    width: caretsOf(shownMarked),
  };
}

/** A text on one line, with everything that a terminal would act upon made visible. */
export function visible(text: string): string {
  return textOf(cellsOf(text));
}

/** How many columns of a terminal a text takes, once made visible. */
export function textWidth(text: string): number {
  return widthOf(cellsOf(text));
}

interface Cell {
  readonly text: string;
  readonly width: number;
}

function cellsOf(text: string): Cell[] {
  return Array.from(text, (character) => cellOf(character, character.codePointAt(0) ?? 0));
}

function cellOf(character: string, point: number): Cell {
  if (character === '\t') return { text: ' '.repeat(tabWidth), width: tabWidth };
  if (character === '\n') return { text: ' ', width: 1 };
  if (point < 0x20) return { text: String.fromCodePoint(0x2400 + point), width: 1 };
  if (point < 0x7f) return { text: character, width: 1 };
  if (point === 0xfeff) return { text: '', width: 0 };
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)) return { text: '\ufffd', width: 1 };
  if (/[\p{Mn}\p{Me}]/u.test(character)) return { text: character, width: 0 };
  return { text: character, width: isWide(point) ? 2 : 1 };
}

/** East Asian wide and fullwidth characters and emoji, in the coarse ranges that matter. */
function isWide(point: number): boolean {
  return (
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  );
}

function textOf(cells: readonly Cell[]): string {
  return cells.map((cell) => cell.text).join('');
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

function caretsOf(cells: readonly Cell[]): number {
  return Math.max(1, widthOf(cells));
}

function withoutIndentation(cells: readonly Cell[]): readonly Cell[] {
  const first = cells.findIndex((cell) => cell.text.trim() !== '');
  return first < 0 ? [] : cells.slice(first);
}

function takeFirst(cells: readonly Cell[], columns: number): readonly Cell[] {
  let used = 0;
  const count = cells.findIndex((cell) => (used += cell.width) > columns);
  return count < 0 ? cells : cells.slice(0, count);
}

function takeLast(cells: readonly Cell[], columns: number): readonly Cell[] {
  let used = 0;
  const index = cells.findLastIndex((cell) => (used += cell.width) > columns);
  return cells.slice(index + 1);
}
