/**
 * The history's thread: one store, and what waits for it.
 *
 * While the store refuses, what was sent waits here and is tried again every second, in order, so that there is no hole
 * afterwards. Meanwhile readers see what is on the disk; a database that is away cannot be asked.
 */

import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryFact } from '../../engine/index.ts';
import type { Answers, FromHistory, HistorySettings, Question, ToHistory } from './messages.ts';
import { NumberColumns } from './number-columns.ts';
import type { Batch } from './pending.ts';
import { SeriesIndex } from './series-index.ts';
import type { Store } from './store-port.ts';

const retryMs = 1000;
/** Facts are looked at less often: those that still hold are met each time. */
const forgetFactsEvery = 60;

if (parentPort === null) throw new Error('this is for the inside of a worker thread');
const port = parentPort;
const { place, keepMs, keepSummariesMs, forgetEveryMs, store: storeOptions } = workerData as HistorySettings;

type Waiting =
  | { readonly number: number; readonly batch: Batch }
  | { readonly facts: readonly HistoryFact[] };

let opened: Store | undefined;
/** Every series by its number here; those up to `numbers.count` have one in the store. */
const series = new SeriesIndex();
let numbers = numbersInStore();
const waiting: Waiting[] = [];
/** Why the store takes nothing. */
let refusing: string | undefined;
let ending = false;
let retry: NodeJS.Timeout | undefined;
/** A store takes one call at a time. */
let turn: Promise<unknown> = Promise.resolve();
let isForgetting = false;
let forgotten = 0;

port.on('message', (message: ToHistory) => {
  switch (message.kind) {
    case 'define':
      for (const one of message.series) series.add(one);
      break;
    case 'write':
    case 'note':
      waiting.push(message);
      if (refusing === undefined) inTurn(drain);
      break;
    case 'question':
      inTurn(() => answer(message.number, message.question));
      break;
    case 'end':
      ending = true;
      clearInterval(forgetting);
      clearTimeout(retry);
      inTurn(end);
  }
});
const forgetting = setInterval(() => {
  if (!isForgetting) inTurn(forget);
  isForgetting = true;
}, forgetEveryMs);
inTurn(drain);

function inTurn(work: () => Promise<void>): void {
  turn = turn.then(work);
}

async function store(): Promise<Store> {
  opened ??= await open();
  return opened;
}

/** The code of a database that nobody has is not loaded. */
async function open(): Promise<Store> {
  if ('file' in place) {
    const { HistoryStore } = await import('./store.ts');
    return new HistoryStore(place.file, storeOptions);
  }
  const { openPostgresStore } = await import('./postgres/index.ts');
  return openPostgresStore(place.postgres, storeOptions);
}

/** Writes what waits, as far as the store takes it. */
async function drain(): Promise<void> {
  try {
    const into = await store();
    for (let one = waiting[0]; one !== undefined; one = waiting[0]) {
      await defineIn(into);
      const done = await write(into, one);
      waiting.shift();
      tell(done);
    }
    if (refusing !== undefined) tell({ kind: 'refused', why: undefined });
    refusing = undefined;
  } catch (error) {
    const why = messageOf(error);
    if (refusing === undefined) tell({ kind: 'refused', why });
    refusing = why;
    await letGo();
    if (!ending) retry = setTimeout(() => inTurn(drain), retryMs);
  }
}

async function defineIn(into: Store): Promise<void> {
  const fresh = Array.from({ length: series.count - numbers.count }, (_, i) => series.at(numbers.count + i));
  if (fresh.length === 0) return;
  for (const number of await into.define(fresh)) {
    const at = numbers.push();
    numbers.of.number[at] = number;
  }
}

function numbersInStore() {
  return new NumberColumns({ number: Uint32Array });
}

async function write(into: Store, one: Waiting): Promise<FromHistory> {
  if ('facts' in one) {
    await into.note(one.facts);
    return { kind: 'noted', facts: one.facts.length };
  }
  const { number, batch } = one;
  const lost = await into.write({ ...batch, series: batch.series.map((its) => numbers.of.number[its] ?? 0) });
  return { kind: 'written', number, samples: batch.series.length, lost, bytes: into.size() };
}

/** What the store has in memory may be ahead of what it keeps: it is read again. */
async function letGo(): Promise<void> {
  const before = opened;
  opened = undefined;
  numbers = numbersInStore();
  try {
    await before?.close();
  } catch {
    // It could not be written to either.
  }
}

async function forget(): Promise<void> {
  isForgetting = false;
  if (opened === undefined || refusing !== undefined || storeOptions.readOnly === true) return;
  try {
    await opened.forget(Date.now() - keepMs);
    await opened.forgetSummaries(Date.now() - keepSummariesMs);
    if (forgotten++ % forgetFactsEvery === 0) await opened.forgetFacts(Date.now() - keepMs);
  } catch {
    // The next write finds out why.
  }
}

async function answer(number: number, question: Question): Promise<void> {
  try {
    if (refusing !== undefined && 'postgres' in place) throw new Error(refusing);
    tell({ kind: 'answer', number, answer: await find(await store(), question) });
  } catch (error) {
    tell({ kind: 'problem', number, message: messageOf(error) });
    // A connection that was lost is found by readers too.
    if (refusing === undefined && 'postgres' in place) await letGo();
  }
}

function find(from: Store, question: Question): Answers[keyof Answers] | Promise<Answers[keyof Answers]> {
  switch (question.ask) {
    case 'twins':
      return from.twins();
    case 'signals':
      return from.seriesOf(question.twin).map(({ signal, unit }) => ({ signal, unit }));
    case 'points':
      return from.points(question.span, question.limit);
    case 'buckets':
      return from.buckets(question.span, question.lengths);
    case 'valuesAt':
      return from.valuesAt(question.span, question.everyMs);
    case 'lastValues':
      return from.lastValues(question.moment);
    case 'facts':
      return from.facts(question.facts);
    case 'factsAt':
      return from.factsAt(question.facts);
    case 'begin':
      return beginOf(from);
  }
}

/** What is older than what is kept may be there still, and soon is not. */
async function beginOf(from: Store): Promise<number | undefined> {
  const firstMs = await from.firstFactMs();
  return firstMs === undefined ? undefined : Math.max(firstMs, Date.now() - keepMs);
}

async function end(): Promise<void> {
  await drain();
  await letGo();
  tell({ kind: 'ended' });
  port.close();
}

function tell(message: FromHistory): void {
  port.postMessage(message);
}

/** Where every address of a name refuses, the reason stands in the errors below. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}
