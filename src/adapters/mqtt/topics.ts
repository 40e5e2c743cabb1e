/**
 * Topics and filters of MQTT 3.1.1, section 4.7: which are valid, and which filter matches which topic.
 *
 * An engine has one exact filter a twin and few with wildcards, so exact ones are looked up in a set and only the
 * others are tried in turn.
 */

import { GemelError } from '../../core/diagnose/index.ts';

/** The length of a topic is two bytes on the wire. */
const longestTopicBytes = 65_535;

/** Throws unless a message can be published to `topic`. @throws GemelError `TOPIC_INVALID`. */
export function assertTopic(topic: string): void {
  if (/[+#]/.test(topic)) {
    throw new GemelError('TOPIC_INVALID', `cannot publish to \`${topic}\`: \`+\` and \`#\` are for filters`);
  }
  assertText(topic, 'topic');
}

/** Throws unless `filter` can be subscribed to. @throws GemelError `TOPIC_INVALID`. */
function assertFilter(filter: string): void {
  assertText(filter, 'filter');
  const levels = filter.split('/');
  levels.forEach((level, index) => {
    const lonely = level.length === 1 || !/[+#]/.test(level);
    if (!lonely || (level === '#' && index !== levels.length - 1)) {
      throw new GemelError('TOPIC_INVALID', `cannot subscribe to \`${filter}\``, {
        hint: '`+` stands for one whole level, `#` for all that follow and only at the end',
      });
    }
  });
}

function assertText(text: string, what: string): void {
  if (text === '') throw new GemelError('TOPIC_INVALID', `an MQTT ${what} cannot be empty`);
  if (text.includes('\0')) throw new GemelError('TOPIC_INVALID', `an MQTT ${what} cannot contain NUL`);
  if (Buffer.byteLength(text) > longestTopicBytes) {
    throw new GemelError('TOPIC_INVALID', `an MQTT ${what} has at most ${longestTopicBytes} bytes`);
  }
}

export function isFilter(text: string): boolean {
  try {
    assertFilter(text);
    return true;
  } catch {
    return false;
  }
}

export function isTopic(text: string): boolean {
  return text !== '' && !/[+#\0]/.test(text);
}

/** A set of filters that is asked for every message. */
export class FilterSet {
  readonly #exact = new Set<string>();
  readonly #wildcards = new Map<string, readonly string[]>();

  /** @returns whether the filter is new. @throws GemelError `TOPIC_INVALID`. */
  add(filter: string): boolean {
    assertFilter(filter);
    if (this.has(filter)) return false;
    if (/[+#]/.test(filter)) this.#wildcards.set(filter, filter.split('/'));
    else this.#exact.add(filter);
    return true;
  }

  get size(): number {
    return this.#exact.size + this.#wildcards.size;
  }

  has(filter: string): boolean {
    return this.#exact.has(filter) || this.#wildcards.has(filter);
  }

  all(): readonly string[] {
    return [...this.#exact, ...this.#wildcards.keys()];
  }

  matches(topic: string): boolean {
    if (this.#exact.has(topic)) return true;
    if (this.#wildcards.size === 0) return false;
    const levels = topic.split('/');
    for (const filter of this.#wildcards.values()) if (matchesLevels(filter, levels)) return true;
    return false;
  }
}

function matchesLevels(filter: readonly string[], topic: readonly string[]): boolean {
  // A filter that begins with a wildcard does not match topics that begin with `$` (4.7.2).
  if (topic[0]?.startsWith('$') === true && (filter[0] === '+' || filter[0] === '#')) return false;
  for (const [index, level] of filter.entries()) {
    if (level === '#') return true;
    if (index >= topic.length) return false;
    if (level !== '+' && level !== topic[index]) return false;
  }
  return filter.length === topic.length;
}
