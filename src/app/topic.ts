/** Topics that a project names. Source: OASIS, MQTT Version 3.1.1 (2014), section 4.7. */

import type { ValueProblem } from './duration.ts';

const byteLimit = 65_535;

/** What is wrong with a topic, before `{twin}` is put in; nothing if it can be used. */
export function topicProblem(topic: string): ValueProblem | undefined {
  const unknown = /\{(?!twin\})[^}]*\}?/.exec(topic);
  if (unknown) return refused(topic, `${unknown[0]} has no meaning here`, 'only {twin} is filled in');
  if (/[+#]/.test(topic))
    return refused(topic, 'it has a wildcard', 'name one topic; {twin} tells the twins apart');
  if (topic.startsWith('$')) return refused(topic, 'topics that begin with $ belong to the broker');
  if (topic.includes('\u0000')) return refused(topic, 'it has a zero character');
  if (new TextEncoder().encode(topic).length > byteLimit - 128)
    return refused(`${topic.slice(0, 20)}…`, 'it is too long');
  return undefined;
}

function refused(topic: string, why: string, hint?: string): ValueProblem {
  return {
    code: 'TOPIC_INVALID',
    message: `\`${topic}\` cannot be a topic: ${why}`,
    hint,
  };
}
