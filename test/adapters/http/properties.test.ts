/** Whatever comes in, nothing is thrown but problems, and nothing is taken that is not a number. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProblemError } from '../../../src/adapters/http/problem.ts';
import { InputsBody, StepBody } from '../../../src/adapters/http/schemas.ts';
import { parseClientMessage } from '../../../src/adapters/http/stream/protocol.ts';
import { findProblems, parseNumber } from '../../../src/adapters/http/validation.ts';
import { createApp } from './harness.ts';

const seed = 20261122;

function messageOf(text: string): void {
  try {
    parseClientMessage(text);
  } catch (error) {
    assert.ok(error instanceof ProblemError, String(error));
  }
}

test(`a stream message is read or refused, whatever it is (seed ${seed})`, () => {
  const message = fc.record(
    {
      type: fc.oneof(
        fc.constantFrom('subscribe', 'unsubscribe', 'ping', '__proto__', 'toString'),
        fc.anything(),
      ),
      twins: fc.oneof(fc.array(fc.string()), fc.anything()),
      signals: fc.oneof(fc.array(fc.string()), fc.anything()),
      everyMs: fc.oneof(fc.integer(), fc.anything()),
    },
    { requiredKeys: [] },
  );
  fc.assert(fc.property(fc.string(), messageOf), { seed });
  fc.assert(fc.property(fc.json(), messageOf), { seed });
  fc.assert(
    fc.property(message, (value) =>
      messageOf(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? 0 : part))),
    ),
    { seed },
  );
});

test(`every value that does not fit has a place and a sentence (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.constantFrom(InputsBody, StepBody), fc.jsonValue(), (schema, value) => {
      for (const { at, detail } of findProblems(schema, value, '#')) {
        assert.ok(at.startsWith('#'));
        assert.ok(detail.length > 5);
      }
    }),
    { seed },
  );
});

test(`a text is a number only if JavaScript reads the same finite number from it (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.equal(parseNumber(String(value)), value === 0 ? parseNumber('0') : value);
    }),
    { seed },
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = parseNumber(text);
      assert.ok(value === undefined || (Number.isFinite(value) && value === Number(text)));
    }),
    { seed },
  );
});

test(`no body makes a fault (seed ${seed})`, async (t) => {
  const { send } = await createApp(t);
  const headers = { 'content-type': 'application/json' };
  const urls = ['/api/v1/twins/pump-1/inputs', '/api/v1/twins/pump-1/step'];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), fc.oneof(fc.json(), fc.string()), async (url, payload) => {
      const { status } = await send({ method: 'POST', url, headers, payload });
      assert.ok(status < 500, `${status} for ${payload}`);
    }),
    { seed, numRuns: 200 },
  );
});
