/** Which names a model may use. */

import { reservedWords } from '../equation/index.ts';
import type { Path, Problems } from './problems.ts';
import { NAME_PATTERN } from './schema.ts';

/** Names that mean something in every equation. */
export const TIME = 'time';
export const TICK_SECONDS = 'dt';
export const PI = 'pi';

const reserved = new Set([...reservedWords, TIME, TICK_SECONDS, PI, 'true', 'false']);
const namePattern = new RegExp(NAME_PATTERN);

const MAX_NAME_LENGTH = 100;

/** Reports a name that equations could not use. */
export function checkName(name: string, path: Path, problems: Problems): void {
  if (!namePattern.test(name) || name.length > MAX_NAME_LENGTH) {
    problems.atKey(
      /[.[\]]/.test(name) ? 'NAME_RESERVED' : 'NAME_SYNTAX',
      path,
      `\`${name}\` cannot be a name`,
      {
        expected: `letters, digits and _, not starting with a digit, at most ${MAX_NAME_LENGTH} characters`,
        hint: /[.[\]]/.test(name)
          ? 'dots and brackets are kept for machines made of machines and for vectors'
          : `\`${name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_')}\` would do`,
      },
    );
  } else if (reserved.has(name)) {
    problems.atKey('NAME_RESERVED', path, `\`${name}\` has a meaning of its own in equations`, {
      hint: 'choose another name',
    });
  }
}
