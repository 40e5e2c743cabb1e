/**
 * Every name that the package makes public. A name added here is a promise; one removed breaks a user.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as gemel from '../../src/index.ts';
import { parseSource, root } from './source.ts';

const values = [
  'GemelError',
  'ModelDocumentSchema',
  'compileModel',
  'compileModelDocument',
  'createTwin',
  'defineModel',
  'diagnosticsToJson',
  'renderDiagnostics',
  'simulate',
];

const types = [
  'Compilation',
  'Correction',
  'Diagnostic',
  'ErrorCode',
  'GemelErrorOptions',
  'Health',
  'HealthReading',
  'Input',
  'LocalTwin',
  'LocalTwinOptions',
  'Measurement',
  'MeasurementReading',
  'Model',
  'ModelDocument',
  'Output',
  'Parameter',
  'Place',
  'Signal',
  'SimulateOptions',
  'Snapshot',
  'SourceText',
  'State',
  'Trajectory',
  'TypedModel',
  'Unit',
  'When',
];

test('the package exports these values and no others', () => {
  assert.deepEqual(Object.keys(gemel).sort(), values);
});

test('the package exports these types and no others', () => {
  const entry = parseSource('src/index.ts', readFileSync(join(root, 'src/index.ts'), 'utf8'));
  const exported = entry.exports.filter(({ type }) => type).map(({ name }) => name);
  assert.deepEqual(exported.sort(), types);
});

test('the exports map names the public entry alone', () => {
  const description: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.ok(typeof description === 'object' && description !== null && 'exports' in description);
  assert.deepEqual(Object.keys(description.exports ?? {}), ['.', './package.json']);
});
