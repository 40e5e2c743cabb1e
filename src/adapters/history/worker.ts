/**
 * The history's thread: one store, and what waits for it.
 *
 * While the disk refuses, what was sent waits here and is tried again every second, in order, so that there is no hole
 * afterwards; readers see what is on the disk.
 */

import { parentPort, workerData } from 'node:worker_threads';
import type { FromHistory, HistorySettings, Question, ToHistory } from './messages.ts';
import type { Batch } from './pending.ts';
import { bucketsOf, pointsIn, valuesAt } from './query.ts';
import { HistoryStore, type SeriesInfo } from './store.ts';

const retryMs = 1000;
/** A little at a time: deleting much at once would hold up what comes in. */
const forgetEveryMs = 1000;

if (parentPort === null) throw new Error('this is for the inside of a worker thread');
const port = parentPort;
const { file, keepMs, keepSummariesMs } = workerData as HistorySettings;

let opened: HistoryStore | undefined;
/** Every series in the order of its number here; those up to `numbers.length` have one in the store. */
const series: SeriesInfo[] = [];
let numbers: readonly number[] = [];
const waiting: Batch[] = [];
let refusing = false;
let ending = false;
let retry: NodeJS.Timeout | undefined;

port.on('message', (message: ToHistory) => {
  switch (message.kind) {
    case 'define':
      for (const one of message.series) series.push(one);
      break;
    case 'write':
      waiting.push(message.batch);
      if (!refusing) drain();
      break;
    case 'question':
      answer(message.number, message.question);
      break;
    case 'end':
      ending = true;
      drain();
      opened?.close();
      tell({ kind: 'ended' });
      port.close();
      clearInterval(forgetting);
      clearTimeout(retry);
  }
});
const forgetting = setInterval(forget, forgetEveryMs);
drain();

function store(): HistoryStore {
  opened ??= new HistoryStore(file);
  return opened;
}

/** Writes what waits, as far as the disk takes it. */
function drain(): void {
  try {
    if (numbers.length < series.length)
      numbers = numbers.concat(store().define(series.slice(numbers.length)));
    for (let batch = waiting[0]; batch !== undefined; batch = waiting[0]) {
      const onStore = { ...batch, series: batch.series.map((number) => numbers[number] ?? 0) };
      const lost = store().write(onStore);
      waiting.shift();
      tell({ kind: 'written', samples: batch.series.length, lost, bytes: store().size() });
    }
    store();
    if (refusing) tell({ kind: 'refused', why: undefined });
    refusing = false;
  } catch (error) {
    if (!refusing) tell({ kind: 'refused', why: messageOf(error) });
    refusing = true;
    letGo();
    if (!ending) retry = setTimeout(drain, retryMs);
  }
}

/** What the store has in memory may be ahead of the disk: it is read again. */
function letGo(): void {
  const before = opened;
  opened = undefined;
  numbers = [];
  try {
    before?.close();
  } catch {
    // It could not be written to either.
  }
}

function forget(): void {
  if (opened === undefined || refusing) return;
  try {
    opened.forget(Date.now() - keepMs);
    opened.forgetSummaries(Date.now() - keepSummariesMs);
  } catch {
    // The next write finds out why.
  }
}

function answer(number: number, question: Question): void {
  try {
    tell({ kind: 'answer', number, answer: find(store(), question) });
  } catch (error) {
    tell({ kind: 'problem', number, message: messageOf(error) });
  }
}

function find(from: HistoryStore, question: Question) {
  if (question.ask === 'signals') {
    return from.seriesOf(question.twin).map(({ signal, unit }) => ({ signal, unit }));
  }
  const { ask, span } = question;
  if (ask === 'points') return pointsIn(from.blocks(span, span), span, question.limit);
  if (ask === 'buckets') return bucketsOf(from.blocks(span, span), span, question.everyMs);
  const since = { ...span, fromMs: from.timeBefore(span, span.fromMs) ?? span.fromMs };
  return valuesAt(from.blocks(span, since), span, question.everyMs);
}

function tell(message: FromHistory): void {
  port.postMessage(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
