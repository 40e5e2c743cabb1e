/** Durations, fields, topics and addresses as people write them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDuration } from '../../src/app/index.ts';
import { parseField } from '../../src/app/field.ts';
import { addressesOf, isLoopback } from '../../src/app/services.ts';
import { topicProblem } from '../../src/app/topic.ts';

const seconds = (text: string | number) => {
  const parsed = parseDuration(text);
  return 'seconds' in parsed ? parsed.seconds : parsed.problem.code;
};

test('durations have a unit, with or without a space', () => {
  assert.equal(seconds('500 ms'), 0.5);
  assert.equal(seconds('500ms'), 0.5);
  assert.equal(seconds('10min'), 600);
  assert.equal(seconds('2 h'), 7200);
  assert.equal(seconds('1.5 d'), 129_600);
  assert.equal(seconds('1e-3 s'), 0.001);
});

test('a bare number, another quantity and no quantity are no durations', () => {
  for (const text of [
    5,
    '5',
    '1e3',
    '5 m',
    '5 bar',
    'five s',
    '',
    ' ',
    '1:30',
    '5 s s',
    'Infinity',
    'NaN s',
  ]) {
    assert.equal(seconds(text), 'DURATION_SYNTAX', String(text));
  }
});

test('a range holds at both ends, and says itself', () => {
  const range = { atLeast: '10 ms', atMost: '1 h' };
  assert.deepEqual(parseDuration('10 ms', range), { seconds: 0.01 });
  assert.deepEqual(parseDuration('1 h', range), { seconds: 3600 });
  for (const text of ['9 ms', '61 min', '-1 s']) {
    const parsed = parseDuration(text, range);
    assert.ok('problem' in parsed);
    assert.deepEqual([parsed.problem.code, parsed.problem.expected], ['VALUE_OUT_OF_BOUNDS', '10 ms to 1 h']);
  }
});

test('fields are names with dots and positions in brackets', () => {
  const path = (text: string) => {
    const parsed = parseField(text);
    return 'path' in parsed ? parsed.path : parsed.problem.code;
  };
  assert.deepEqual(path('value'), ['value']);
  assert.deepEqual(path('value.kw'), ['value', 'kw']);
  assert.deepEqual(path('values[0].x[12]'), ['values', 0, 'x', 12]);
  assert.deepEqual(path('[2].temperature'), [2, 'temperature']);
  assert.deepEqual(path('größe-1'), ['größe-1']);
  for (const text of ['', 'a..b', 'a.', 'a[x]', 'a[', 'a]', 'a b', 'a[-1]'])
    assert.equal(path(text), 'FIELD_SYNTAX', text);
});

test('property: steps that have no marks of their own survive being written as a field', () => {
  const name = fc.stringMatching(/^[^.[\]\s]+$/);
  fc.assert(
    fc.property(fc.array(fc.oneof(name, fc.nat(1e6)), { minLength: 1, maxLength: 32 }), (steps) => {
      const text = steps
        .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${step}`))
        .join('');
      assert.deepEqual(parseField(text), { path: steps });
    }),
    { seed: 20261122 },
  );
});

test('property: no text makes a field, a topic or a duration hang or throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseField(text);
      topicProblem(text);
      parseDuration(text);
    }),
    { seed: 20261122 },
  );
});

test('topics have no wildcards, and only {twin} is filled in', () => {
  for (const topic of ['a', '/a/b', 'plant/{twin}/x', 'größe/ä b'])
    assert.equal(topicProblem(topic), undefined, topic);
  for (const topic of ['a/+', '#', '$SYS/x', 'a/{twn}', 'a/{', 'a\u0000']) {
    assert.equal(topicProblem(topic)?.code, 'TOPIC_INVALID', topic);
  }
});

test('only loopback is safe from strangers', () => {
  for (const address of ['localhost', '127.0.0.1', '127.8.8.8', '::1'])
    assert.equal(isLoopback(address), true, address);
  for (const address of ['0.0.0.0', '::', '192.168.1.2', 'myhost', '127.0.0.1.example.org']) {
    assert.equal(isLoopback(address), false, address);
  }
  assert.deepEqual(addressesOf(['localhost', '127.0.0.1', '10.0.0.1']), ['127.0.0.1', '::1', '10.0.0.1']);
});
