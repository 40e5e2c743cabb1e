/** The HTTP application over the engine itself, at a time that moves by hand. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { CalibrationJobs } from '../../../src/adapters/calibrations/index.ts';
import { createHistoryFiles } from '../../../src/adapters/history/index.ts';
import { createHttpApp } from '../../../src/adapters/http/app.ts';
import type { HttpOptions } from '../../../src/adapters/http/index.ts';
import { guardOf, limitsOf } from '../../../src/adapters/http/server.ts';
import { compileModelDocument, type Model } from '../../../src/core/model/index.ts';
import { openLog } from '../../../src/app/index.ts';
import { publishedTwinSchema } from '../../../src/app/published.ts';
import { PublishedModels } from '../../../src/app/published-models.ts';
import { RuntimeTwins } from '../../../src/app/runtime-twins.ts';
import {
  createFleet,
  createLocalShard,
  createManualClock,
  type ManualClock,
  Rollouts,
  type TwinConfig,
  twinDefaults,
} from '../../../src/engine/index.ts';
import { machineDocument, pumpDocument } from './fake-fleet.ts';
import { createFakeHistory } from './fake-history.ts';

export interface RealApp {
  /** Moves time, and with it the twins. */
  readonly clock: ManualClock;
  /** A text is sent as YAML. */
  readonly request: (method: string, url: string, body?: object | string) => Promise<RealAnswer>;
}

interface RealAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, unknown>>;
}

const startMs = Date.parse('2026-11-22T13:00:00Z');

/** Two pumps and the machine of the tutorial, each with a tick every 500 ms, and two routes of a project. */
export async function createRealApp(t: TestContext, textType = 'application/yaml'): Promise<RealApp> {
  const clock = createManualClock(startMs);
  const models = [pumpDocument, machineDocument].map((document): Model => {
    const { model } = compileModelDocument(document);
    assert.ok(model);
    return model;
  });
  const twin = (id: string, model: string): TwinConfig => ({
    ...twinDefaults,
    periodMs: 500,
    id,
    model,
    parameters: {},
    inputs: {},
    start: {},
    bindings: [],
  });
  const twins = [
    twin('pump-1', 'pump@1.0.0'),
    twin('pump-2', 'pump@1.0.0'),
    twin('machine', 'machine@1.0.0'),
  ];
  const fleet = await createFleet({ models, twins, shards: [createLocalShard(clock)], clock });
  const log = await openLog({ level: 'silent', style: 'json' });
  const runtime = await RuntimeTwins.open({
    models,
    texts: { load: async () => undefined, save: async () => undefined },
    log,
  });
  const kept = new Map<string, string>();
  const published = await PublishedModels.open({
    texts: {
      list: async () => [...kept.keys()],
      load: async (name) => kept.get(name),
      save: async (name, text) => void kept.set(name, text),
    },
    models,
    log,
  });
  const rollouts = await Rollouts.open({
    fleet,
    clock,
    store: { load: async () => undefined, save: async () => undefined },
    warn: assert.fail,
  });
  const changes = { ...runtime.changes(fleet, { add() {}, remove() {} }), schema: publishedTwinSchema() };
  const calibrations = new CalibrationJobs({ nowMs: () => clock.nowMs() });
  const options = {
    fleet,
    changes,
    publishing: published.into(fleet),
    calibrations,
    rollouts,
    history: createFakeHistory(),
    historyFiles: createHistoryFiles(createFakeHistory(), {
      recorded: () => undefined,
      nowMs: () => startMs,
      keepMs: 1e12,
    }),
    version: '0.1.0',
    readiness: {
      mqtt: () => ({ status: 'ok', detail: 'listening on mqtt://127.0.0.1:1883' }),
      journal: () => ({ status: 'ok' }),
      history: () => ({ status: 'ok' }),
    },
    metrics: { contentType: 'text/plain; version=0.0.4', render: async () => '' },
    routes: {
      'GET /state': { twin: 'machine', reply: 'plain' },
      'POST /update': { twin: 'machine', reply: 'plain', stepSeconds: 1, inputs: ['ambient'] },
    },
  } satisfies HttpOptions;
  const { app } = await createHttpApp(options, guardOf({}), limitsOf({}));
  t.after(async () => {
    await app.close();
    await calibrations.close();
    await rollouts.stop();
    await fleet.stop();
  });
  const request = async (method: string, url: string, body?: object | string) => {
    const yaml = typeof body === 'string' ? { headers: { 'content-type': textType } } : {};
    const payload = body === undefined ? {} : { payload: body, ...yaml };
    const reply = await app.inject({ method: method as 'GET', url, ...payload });
    return {
      status: reply.statusCode,
      body: reply.body === '' ? {} : reply.json<Record<string, unknown>>(),
      headers: reply.headers,
    };
  };
  return { request, clock };
}
