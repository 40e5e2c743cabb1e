/** What an address asks for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeOf } from '../../studio/route.ts';

test('an address names a twin, the alarms, the models or a rollout among them', () => {
  assert.deepEqual(routeOf(''), { view: 'first' });
  assert.deepEqual(routeOf('#pump-2'), { view: 'twin', id: 'pump-2' });
  assert.deepEqual(routeOf('#line%3A1'), { view: 'twin', id: 'line:1' });
  assert.deepEqual(routeOf('#/twins/pump-2'), { view: 'twin', id: 'pump-2' });
  assert.deepEqual(routeOf('#/alarms'), { view: 'alarms' });
  assert.deepEqual(routeOf('#/models/'), { view: 'models' });
  assert.deepEqual(routeOf('#/models/doubtful'), { view: 'models', rollout: 'doubtful' });
});

test('an address that names nothing is told as it stands, also one that is no encoded text', () => {
  assert.deepEqual(routeOf('#/nowhere'), { view: 'unknown', text: '/nowhere' });
  assert.deepEqual(routeOf('#100%'), { view: 'twin', id: '100%' });
});
