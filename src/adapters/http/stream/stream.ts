/**
 * The stream: every tick, event, alarm and job to everybody who subscribed to it, over WebSocket.
 *
 * A tick is written once for all readers that see the same, and a reader that is slow costs the others nothing.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { catalogue, GemelError } from '../../../core/diagnose/index.ts';
import type { Fleet, TickReport, TwinEvent } from '../../../engine/index.ts';
import { eventView } from '../describe.ts';
import { bareProblem, notFound, pathOf } from '../errors.ts';
import type { Guard } from '../guard.ts';
import type { Calibrations, StreamLimits, StreamStatistics } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { AlarmFeed } from './alarm-feed.ts';
import { JobFeed } from './job-feed.ts';
import { errorMessage, parseClientMessage, STREAM_PATH } from './protocol.ts';
import { Reader, type ReaderCounters } from './reader.ts';
import { findTwins, View, viewKey } from './view.ts';

export interface Stream {
  /** Takes a connection that asks to become a WebSocket; answers it with a problem if it may not. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  statistics(): StreamStatistics;
  /** Says goodbye to every reader, and closes those that do not answer. */
  stop(): Promise<void>;
}

/** A message of a reader about its alarms, beside its states. */
interface AboutAlarms {
  readonly type: 'subscribe' | 'unsubscribe';
  readonly twins?: readonly string[];
}

/** A reader that does not answer the goodbye within this is cut off. */
const goodbyeMs = 1000;

/** @param calibrations - absent: there are no jobs. */
export function createStream(
  fleet: Fleet,
  guard: Guard,
  limits: StreamLimits,
  calibrations?: Calibrations,
): Stream {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
  });
  const readers = new Set<Reader>();
  const views = new Map<string, View>();
  const alarms = new AlarmFeed(fleet.alarms);
  const jobs = new JobFeed(calibrations);
  const counters: ReaderCounters = { sent: 0, missed: 0, stuck: 0 };

  server.on('wsClientError', (_error, socket, request) => {
    refuse(
      socket,
      new ProblemError('HTTP_UPGRADE', 'the WebSocket handshake is not valid'),
      request.url ?? '',
    );
  });

  const endTicks = fleet.onTick((tick) => spread(tick, views.values()));
  const endEvents = fleet.onEvent((event) => tell(event, readers));
  const endChanges = fleet.onChange((change) => {
    for (const view of views.values()) view.change(change);
  });
  const sweeper = setInterval(() => {
    const nowMs = performance.now();
    for (const view of views.values()) sendDue(view, nowMs);
    for (const reader of readers) reader.sweep(nowMs);
    alarms.flush();
    jobs.flush();
  }, limits.sweepMs).unref();
  const heart = setInterval(() => {
    for (const reader of readers) reader.heartbeat();
  }, limits.heartbeatMs).unref();

  function open(socket: WebSocket): void {
    const reader = new Reader(socket, limits, counters);
    readers.add(reader);
    // What goes wrong with a socket ends in 'close'; without a listener it would end the process.
    socket.on('error', () => {});
    socket.on('close', () => {
      leave(reader);
      alarms.leave(reader);
      jobs.leave(reader);
      readers.delete(reader);
    });
    socket.on('message', (data, isBinary) => {
      if (!reader.mayTalk()) {
        reader.send(
          errorMessage(new ProblemError('STREAM_TOO_FAST', 'too many messages'), remedyOf('STREAM_TOO_FAST')),
        );
        socket.close(1008, 'too many messages');
        return;
      }
      try {
        if (isBinary) throw new ProblemError('STREAM_MESSAGE', 'the message is binary; send text');
        answer(reader, textOf(data));
      } catch (error) {
        if (!(error instanceof GemelError)) throw error;
        reader.send(errorMessage(error, remedyOf(error.code)));
      }
    });
  }

  function answer(reader: Reader, text: string): void {
    const message = parseClientMessage(text);
    if (message.type === 'ping') return reader.send('{"type":"pong"}');
    if (message.topic === 'alarms') return answerOnAlarms(reader, message);
    if (message.topic === 'jobs') return answerOnJobs(reader, message.type);
    if (message.type === 'unsubscribe') {
      leave(reader);
      return reader.send('{"type":"unsubscribed"}');
    }
    const key = viewKey(message);
    const view = views.get(key) ?? new View(fleet, message);
    leave(reader);
    views.set(key, view);
    view.readers.add(reader);
    reader.send(view.subscribed);
    reader.show(view);
  }

  function answerOnAlarms(reader: Reader, { type, twins: patterns = ['*'] }: AboutAlarms): void {
    if (type === 'unsubscribe') {
      alarms.leave(reader);
      return reader.send('{"type":"unsubscribed","topic":"alarms"}');
    }
    // Where none fits yet, one may come; but a name that is nobody's is a mistake.
    findTwins(
      fleet,
      patterns.filter((pattern) => !pattern.includes('*')),
    );
    reader.send(JSON.stringify({ type: 'subscribed', topic: 'alarms', twins: patterns }));
    alarms.subscribe(reader, patterns);
  }

  function answerOnJobs(reader: Reader, type: 'subscribe' | 'unsubscribe'): void {
    if (type === 'unsubscribe') jobs.leave(reader);
    reader.send(JSON.stringify({ type: `${type}d`, topic: 'jobs' }));
    if (type === 'subscribe') jobs.subscribe(reader);
  }

  function leave(reader: Reader): void {
    const { view } = reader;
    if (view === undefined) return;
    view.readers.delete(reader);
    if (view.readers.size === 0) views.delete(view.key);
    reader.show(undefined);
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const path = pathOf(request.url ?? '');
      const problem = path === STREAM_PATH ? guard.check(request) : notFound(path, STREAM_PATH);
      if (problem !== undefined) return refuse(socket, problem, path);
      if (readers.size >= limits.readers) {
        const full = new ProblemError(
          'STREAM_FULL',
          `${limits.readers} readers are connected, which is the limit`,
        );
        return refuse(socket, full, path);
      }
      server.handleUpgrade(request, socket, head, open);
    },
    statistics: () => ({ readers: readers.size, ...counters }),
    async stop() {
      clearInterval(sweeper);
      clearInterval(heart);
      endTicks();
      endEvents();
      endChanges();
      alarms.stop();
      jobs.stop();
      await Promise.all([...readers].map(({ socket }) => sayGoodbye(socket)));
      server.close();
    },
  };
}

function spread(tick: TickReport, views: Iterable<View>): void {
  const nowMs = performance.now();
  for (const view of views) {
    view.note(tick.twins);
    sendDue(view, nowMs);
  }
}

function sendDue(view: View, nowMs: number): void {
  // Before the first state of a new twin, and once for all that came together.
  if (view.altered) {
    const subscribed = view.describeAgain();
    for (const reader of view.readers) reader.offerEvent(subscribed);
  }
  if (view.changed.size === 0 || nowMs < view.dueMs) return;
  // The next is due a whole number of periods later, so that lateness does not add up.
  if (view.everyMs > 0) {
    const late = view.dueMs === 0 ? 0 : (nowMs - view.dueMs) % view.everyMs;
    view.dueMs = nowMs - late + view.everyMs;
  }
  for (const frame of view.frames(view.changed)) {
    for (const reader of view.readers) reader.offerFrame(frame);
  }
  view.changed.clear();
}

function tell(event: TwinEvent, readers: Iterable<Reader>): void {
  let bytes: Buffer | undefined;
  for (const reader of readers) {
    if (reader.view === undefined || !(event.twin === '*' || reader.view.twins.has(event.twin))) continue;
    bytes ??= Buffer.from(JSON.stringify({ type: 'event', ...eventView(event) }));
    reader.offerEvent(bytes);
  }
}

function refuse(socket: Duplex, problem: ProblemError, instance: string): void {
  socket.end(bareProblem(problem, instance), () => socket.destroy());
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

function remedyOf(code: GemelError['code']): string {
  return catalogue[code].remedy;
}

function sayGoodbye(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), goodbyeMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001, 'the server stops');
  });
}
