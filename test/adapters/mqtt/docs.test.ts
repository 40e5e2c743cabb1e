/** `docs/mqtt.md` names every limit with its default, every counter and every reason. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createCounters } from '../../../src/adapters/mqtt/counters.ts';
import { defaultBrokerLimits } from '../../../src/adapters/mqtt/index.ts';
import { refusalReasons } from '../../../src/engine/index.ts';

const page = readFileSync(new URL('../../../docs/mqtt.md', import.meta.url), 'utf8');

test('every limit of the embedded broker stands in the table with its default', () => {
  for (const [name, value] of Object.entries(defaultBrokerLimits)) {
    assert.ok(page.includes(`| \`${name}\` | ${value.toLocaleString('en')} |`), `${name}: ${value}`);
  }
});

test('every counter and every reason of refusal stands in its table, and no other', () => {
  const named = (title: string) =>
    [...(page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)`/gm)].map(
      ([, name]) => name,
    );
  assert.deepEqual(named('Counters').toSorted(), Object.keys(createCounters()).toSorted());
  assert.deepEqual(named('What is refused').toSorted(), Object.keys(refusalReasons).toSorted());
});
