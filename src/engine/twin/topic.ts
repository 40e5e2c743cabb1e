/** Topics: one filter with one `+`, at whose place the twin's name stands. */

import { GemelError } from '../../core/diagnose/index.ts';

export interface TopicMatcher {
  /** What stands at the `+`; undefined if the topic does not fit. */
  match(topic: string): string | undefined;
}

/** @throws GemelError `TOPIC_INVALID` unless exactly one level of the filter is `+` and none is `#`. */
export function createTopicMatcher(filter: string): TopicMatcher {
  const levels = filter.split('/');
  const wild = levels.filter((level) => level.includes('+') || level.includes('#'));
  if (wild.length !== 1 || wild[0] !== '+') {
    throw new GemelError(
      'TOPIC_INVALID',
      `the filter of telemetry topics must have one \`+\` for the twin, got \`${filter}\``,
    );
  }
  const at = filter.split('/').indexOf('+');
  const before = levels
    .slice(0, at)
    .map((level) => `${level}/`)
    .join('');
  const after = levels
    .slice(at + 1)
    .map((level) => `/${level}`)
    .join('');
  return {
    match(topic) {
      if (topic.length <= before.length + after.length || !topic.startsWith(before) || !topic.endsWith(after))
        return undefined;
      const name = topic.slice(before.length, topic.length - after.length);
      return name.includes('/') ? undefined : name;
    },
  };
}

/** @throws GemelError `TOPIC_INVALID` if messages cannot have this topic. */
export function checkTopic(topic: string): void {
  if (
    topic !== '' &&
    topic.length <= 1024 &&
    !['+', '#', '\u0000'].some((character) => topic.includes(character))
  )
    return;
  throw new GemelError('TOPIC_INVALID', `\`${topic}\` cannot be the topic of a message`);
}
