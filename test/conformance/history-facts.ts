/** What every history must do with facts, and what it knows of a moment. */

import assert from 'node:assert/strict';
import type { OpenHistory } from '../../src/adapters/history/index.ts';
import type { HistoryFact } from '../../src/engine/index.ts';
import { level, type Tried, until, write } from './history-subject.ts';

const event = (twin: string, timeMs: number, data = '"it happened"'): HistoryFact => ({
  kind: 'event',
  twin,
  subject: 'raised hot',
  timeMs,
  holds: false,
  data,
});
const model = (twin: string, timeMs: number, data: string): HistoryFact => ({
  kind: 'model',
  twin,
  subject: '',
  timeMs,
  holds: true,
  data,
});
const everything = {
  kind: 'event',
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
  limit: 100,
};

async function timesOf(history: OpenHistory, asked: Partial<typeof everything> & { twin?: string } = {}) {
  const facts = await history.facts({ ...everything, ...asked });
  return facts.map(({ timeMs }) => timeMs);
}

export const factCases: Readonly<Record<string, (tried: Tried) => Promise<void>>> = {
  'gives facts of a kind, newest first, of one twin or of all, at most so many, also when opened again':
    async (tried) => {
      let history = await tried.open();
      assert.equal(await history.begin(), undefined);
      history.note([event('a', 3000), event('b', 1000), event('a', 2000), model('a', 500, '1')]);
      history = await tried.open();
      assert.deepEqual(await history.facts(everything), [
        event('a', 3000),
        event('a', 2000),
        event('b', 1000),
      ]);
      assert.deepEqual(await timesOf(history, { twin: 'a' }), [3000, 2000]);
      assert.deepEqual(await timesOf(history, { limit: 2 }), [3000, 2000]);
      assert.deepEqual(await timesOf(history, { fromMs: 1000, toMs: 3000 }), [2000, 1000]);
      assert.equal(await history.begin(), 500);
    },

  'has one fact of each subject and time, the last that was written': async (tried) => {
    const history = await tried.open();
    history.note([event('a', 1000, '1'), event('a', 1000, '2')]);
    history.note([event('a', 1000, '3')]);
    assert.deepEqual(await history.facts(everything), [event('a', 1000, '3')]);
  },

  'knows what was so at a moment, in whatever order it was told': async (tried) => {
    const history = await tried.open();
    history.note([model('a', 3000, '"new"'), model('b', 1000, '"old"'), model('a', 1000, '"old"')]);
    const at = async (timeMs: number, twin?: string) => {
      const facts = await history.factsAt({ kind: 'model', timeMs, ...(twin !== undefined && { twin }) });
      return facts.map((fact) => [fact.twin, fact.timeMs, fact.data]).toSorted();
    };
    assert.deepEqual(await at(999), []);
    assert.deepEqual(await at(2999), [
      ['a', 1000, '"old"'],
      ['b', 1000, '"old"'],
    ]);
    assert.deepEqual(await at(3000, 'a'), [['a', 3000, '"new"']]);
    assert.deepEqual(await history.factsAt({ kind: 'model', subject: 'x', timeMs: 3000 }), []);
    assert.equal((await history.factsAt({ kind: 'model', subject: '', timeMs: 3000 })).length, 2);
  },

  'does not write again what holds already, but what happens again': async (tried) => {
    const history = await tried.open();
    history.note([
      model('a', 1000, '1'),
      model('a', 2000, '1'),
      model('a', 3000, '2'),
      model('a', 4000, '1'),
    ]);
    history.note([event('a', 1000), event('a', 2000), model('a', 5000, '1')]);
    history.note([{ ...model('a', 6000, '1'), holds: false }, model('a', 7000, '1')]);
    assert.deepEqual(await timesOf(history, { kind: 'model' }), [7000, 6000, 4000, 3000, 1000]);
    assert.deepEqual(await timesOf(history), [2000, 1000]);
  },

  'forgets old facts, but those that still held': async (tried) => {
    const nowMs = Date.now();
    const old = nowMs - 10_000;
    const ended = { ...model('b', old + 1, 'null'), holds: false };
    const history = await tried.open({ keepMs: 5000, forgetEveryMs: 5 });
    history.note([model('a', old, '1'), model('a', old + 1, '2'), model('a', nowMs, '3')]);
    history.note([model('b', old, '1'), ended, event('a', old), event('a', nowMs)]);
    await until('old facts are gone', async () => (await timesOf(history)).length === 1);
    await until('what held no more is gone', async () => {
      return (await history.facts({ ...everything, kind: 'model' })).length === 2;
    });
    assert.deepEqual(await history.facts({ ...everything, kind: 'model' }), [
      model('a', nowMs, '3'),
      model('a', old + 1, '2'),
    ]);
    assert.ok(((await history.begin()) ?? 0) >= nowMs - 5000, 'what is too old to keep cannot be shown');
  },

  'knows of many signals the last value at a moment, each in the unit that it had': async (tried) => {
    const history = await tried.open();
    write(
      history,
      Array.from({ length: 30 }, (_, i) => [i * 1000, i / 10]),
    );
    const oil = { twin: 'tank-1', signal: 'oil' };
    write(history, [[0, 300]], { ...oil, unit: 'K' });
    write(history, [[20_000, 25]], { ...oil, unit: 'degC' });
    const at = async (timeMs: number, signals?: readonly string[]) => {
      const asked = { twins: ['tank-1', 'nobody'], timeMs, ...(signals && { signals }) };
      const readings = await history.lastValues(asked);
      return readings.map((one) => [one.twin, one.signal, one.unit, one.timeMs, one.value]);
    };
    for (const second of [0, 3, 7, 8, 15, 29]) {
      assert.deepEqual(await at(second * 1000 + 999, ['level']), [
        ['tank-1', 'level', level.unit, second * 1000, second / 10],
      ]);
    }
    assert.deepEqual(await at(-1), []);
    assert.deepEqual(await at(10_000), [
      ['tank-1', 'level', 'm', 10_000, 1],
      ['tank-1', 'oil', 'K', 0, 300],
    ]);
    assert.deepEqual(await at(1e9), [
      ['tank-1', 'level', 'm', 29_000, 2.9],
      ['tank-1', 'oil', 'degC', 20_000, 25],
    ]);
  },

  'drops and counts facts that find no room on their way': async (tried) => {
    const history = await tried.open({ factsOnTheirWay: 5 });
    history.note([1, 2, 3].map((timeMs) => event('a', timeMs)));
    history.note([1, 2, 3].map((timeMs) => event('b', timeMs)));
    assert.equal(history.counters().dropped, 1);
    assert.deepEqual(await timesOf(history, { twin: 'b' }), [2, 1]);
  },

  'keeps facts that come while its store is away': async (tried) => {
    const history = await tried.open();
    await history.begin();
    await tried.subject.away();
    history.note([event('a', 1000)]);
    write(history, [[1000, 1]]);
    history.note([event('a', 2000)]);
    await until('it is told', () => tried.notes.length > 0);
    await tried.subject.back();
    await until('it can be read', () =>
      timesOf(history).then(
        (times) => times.length === 2,
        () => false,
      ),
    );
    assert.deepEqual(await timesOf(history), [2000, 1000]);
  },
};
