/** The live connection: the states of one twin at a time and all alarms, kept up through restarts of the server. */

import type { Alarm, AlarmCounts } from './alarms.ts';
import type { State, TwinEvent } from './api.ts';

export interface StreamListener {
  onState(state: State): void;
  onEvent(event: TwinEvent): void;
  /** All alarms are about to come. */
  onAlarmsBegin(): void;
  onAlarms(alarms: readonly Alarm[], counts: AlarmCounts): void;
  onMissed(count: number): void;
  onConnection(connected: boolean): void;
}

type Message =
  | { readonly type: 'state'; readonly states: readonly State[] }
  | { readonly type: 'missed'; readonly count: number }
  | ({ readonly type: 'event' } & TwinEvent)
  | { readonly type: 'alarms'; readonly alarms: readonly Alarm[]; readonly counts: AlarmCounts }
  | { readonly type: 'subscribed'; readonly topic?: 'alarms' }
  | { readonly type: 'unsubscribed' | 'pong' | 'error' };

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** Quicker than this the eye gains nothing. */
const EVERY_MS = 250;

export interface Stream {
  /** Shows this twin from now on. */
  follow(twin: string): void;
}

/** Connects, and connects again after growing waits for as long as the page is open. */
export function openStream(listener: StreamListener): Stream {
  let socket: WebSocket | undefined;
  let followed: string | undefined;
  let waitMs = SHORTEST_WAIT_MS;

  const subscribe = (): void => {
    if (followed === undefined || socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ type: 'subscribe', twins: [followed], everyMs: EVERY_MS }));
  };
  const connect = (): void => {
    socket = new WebSocket(
      `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream`,
    );
    socket.addEventListener('open', () => {
      waitMs = SHORTEST_WAIT_MS;
      listener.onConnection(true);
      socket?.send(JSON.stringify({ type: 'subscribe', topic: 'alarms' }));
      subscribe();
    });
    socket.addEventListener('message', ({ data }) => receive(JSON.parse(String(data)) as Message));
    socket.addEventListener('close', () => {
      listener.onConnection(false);
      setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    });
  };
  const receive = (message: Message): void => {
    if (message.type === 'state') for (const state of message.states) listener.onState(state);
    else if (message.type === 'event') listener.onEvent(message);
    else if (message.type === 'alarms') listener.onAlarms(message.alarms, message.counts);
    else if (message.type === 'subscribed' && message.topic === 'alarms') listener.onAlarmsBegin();
    else if (message.type === 'missed') listener.onMissed(message.count);
  };
  connect();
  return {
    follow(twin) {
      followed = twin;
      subscribe();
    },
  };
}
