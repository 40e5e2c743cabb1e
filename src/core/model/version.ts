/**
 * Semantic versions: their order, ranges of them, and the next one.
 *
 * A range is what npm takes: comparators (`>=1.2.0 <2.0.0`), `^1.2.0`, `~1.2.0`, `||` between alternatives. As there, a
 * pre-release is in a range only if one of its comparators names a pre-release of the same three numbers: who writes
 * `<2.0.0` does not mean 2.0.0-rc.1.
 *
 * Source    Preston-Werner, Semantic Versioning 2.0.0 (2013), §2, §9–11.
 */

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Identifiers of a pre-release, such as `rc` and `1`; empty: none. */
  readonly prerelease: readonly string[];
}

const numeric = '(?:0|[1-9]\\d*)';
const identifier = `(?:${numeric}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const versionPattern = new RegExp(
  `^(${numeric})\\.(${numeric})\\.(${numeric})(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?$`,
);

/**
 * What a model's version looks like: no build metadata, since two versions may not differ in that alone, and lower case, since
 * versions are names of files. As the text of a regular expression.
 */
export const VERSION_PATTERN =
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)' +
  '(-(0|[1-9]\\d*|\\d*[a-z-][0-9a-z-]*)(\\.(0|[1-9]\\d*|\\d*[a-z-][0-9a-z-]*))*)?$';

/** Undefined if the text is no semantic version. Build metadata is left out, as it has no part in the order. */
export function parseVersion(text: string): Version | undefined {
  const match = versionPattern.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch, prerelease] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    prerelease: prerelease?.split('.') ?? [],
  };
}

/** Negative if `a` comes before `b`, 0 if they have the same precedence. What is no version comes before all that are. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined);
  return compareParsed(left, right);
}

export interface VersionRange {
  includes(version: string): boolean;
  /** Whether every version in the range is newer than this one, because it has a lower end. */
  isAfter(version: string): boolean;
}

/** Undefined if the text is no range. */
export function parseRange(text: string): VersionRange | undefined {
  const alternatives = text.split('||').map(readComparators);
  if (alternatives.some((it) => it === undefined)) return undefined;
  const known = alternatives.filter((it) => it !== undefined);
  return {
    includes: (version) => {
      const parsed = parseVersion(version);
      return parsed !== undefined && known.some((it) => isWithin(parsed, it));
    },
    isAfter: (version) => {
      const parsed = parseVersion(version);
      return parsed !== undefined && known.every((it) => it.some((end) => isLowerEnd(end, parsed)));
    },
  };
}

/** The first version after `versions` that a change of the kind may have; of a pre-release, the version it precedes. */
export function nextVersion(versions: Iterable<string>, change: 'major' | 'minor' | 'patch'): string {
  const newest = [...versions].toSorted(compareVersions).at(-1) ?? '';
  const { major, minor, patch, prerelease } = parseVersion(newest) ?? none;
  if (prerelease.length > 0) return `${major}.${minor}.${patch}`;
  if (change === 'major') return `${major + 1}.0.0`;
  return change === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

const none: Version = { major: 0, minor: 0, patch: 0, prerelease: [] };

function compareParsed(a: Version, b: Version): number {
  const numbers = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (numbers !== 0) return numbers;
  // A pre-release comes before its version.
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return b.prerelease.length - a.prerelease.length;
  for (const [i, left] of a.prerelease.entries()) {
    const right = b.prerelease[i];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

/** Numbers by size and before words, words by their ASCII codes. */
function compareIdentifiers(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  // Without leading zeros the longer number is the larger one, however long it is.
  if (isNumberA && isNumberB && a.length !== b.length) return a.length - b.length;
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

interface Comparator {
  readonly operator: '<' | '<=' | '>' | '>=' | '=';
  readonly version: Version;
}

/** The comparators of one alternative, which must all hold. */
function readComparators(text: string): readonly Comparator[] | undefined {
  const words = text
    .replace(/(<=|>=|<|>|=|\^|~)\s+/g, '$1')
    .trim()
    .split(/\s+/);
  const read: Comparator[] = [];
  for (const word of words) {
    const [, operator = '=', rest = ''] = /^(<=|>=|<|>|=|\^|~)?(.+)$/.exec(word) ?? [];
    const version = parseVersion(rest);
    if (version === undefined) return undefined;
    if (operator === '^' || operator === '~') {
      read.push({ operator: '>=', version }, { operator: '<', version: after(version, operator) });
    } else if (isComparison(operator)) read.push({ operator, version });
  }
  return read;
}

function isComparison(operator: string): operator is Comparator['operator'] {
  return ['<', '<=', '>', '>=', '='].includes(operator);
}

/** The first version that `^` or `~` no longer takes. */
function after({ major, minor, patch }: Version, operator: '^' | '~'): Version {
  if (operator === '~') return { ...none, major, minor: minor + 1 };
  if (major > 0) return { ...none, major: major + 1 };
  return minor > 0 ? { ...none, minor: minor + 1 } : { ...none, patch: patch + 1 };
}

function isLowerEnd({ operator, version }: Comparator, above: Version): boolean {
  const order = compareParsed(version, above);
  return (operator === '>' && order >= 0) || ((operator === '>=' || operator === '=') && order > 0);
}

function isWithin(version: Version, comparators: readonly Comparator[]): boolean {
  const holds = comparators.every(({ operator, version: limit }) => {
    const order = compareParsed(version, limit);
    if (operator === '=') return order === 0;
    if (operator === '<') return order < 0;
    if (operator === '<=') return order <= 0;
    return operator === '>' ? order > 0 : order >= 0;
  });
  if (!holds || version.prerelease.length === 0) return holds;
  return comparators.some(
    ({ version: limit }) =>
      limit.prerelease.length > 0 &&
      limit.major === version.major &&
      limit.minor === version.minor &&
      limit.patch === version.patch,
  );
}
