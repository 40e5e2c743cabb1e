/** What every MQTT transport does, seen by an ordinary mqtt.js client. Run against each adapter. */

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { MqttMessage, MqttTransport } from '../../../src/adapters/mqtt/index.ts';
import { connectClient, type Ear, until } from './support.ts';

export interface Subject {
  /** Not started yet. */
  readonly transport: MqttTransport;
  /** Where ordinary clients connect once the transport has started. */
  url(): string;
  stop(): Promise<void>;
}

export function conformance(name: string, skip: string | false, create: () => Promise<Subject>): void {
  describe(`MQTT transport: ${name}`, { skip }, () => {
    const ears: Ear[] = [];
    const subjects: Subject[] = [];

    afterEach(async () => {
      for (const ear of ears.splice(0)) await ear.client.endAsync(true);
      for (const subject of subjects.splice(0)) {
        await subject.transport.stop();
        await subject.stop();
      }
    });

    async function begin(filters: readonly string[] = []) {
      const subject = await create();
      subjects.push(subject);
      const { transport } = subject;
      const taken: { topic: string; text: string }[] = [];
      transport.onMessage((message) => {
        taken.push({ topic: message.topic, text: Buffer.from(message.payload).toString() });
        return undefined;
      });
      transport.subscribe(filters);
      await transport.start();
      await until('the transport is up', () => transport.status().state === 'up');
      return { transport, taken, url: subject.url() };
    }

    async function client(url: string, filters: readonly string[] = []): Promise<Ear> {
      const ear = await connectClient(url, filters);
      ears.push(ear);
      return ear;
    }

    test('hands over what its filters ask for, and nothing else', async () => {
      const { taken, url } = await begin(['plant/a/power', 'plant/+/flow', 'deep/#']);
      const { client: machine } = await client(url);
      await untilSubscribed(machine, taken);
      for (const topic of [
        'plant/a/power',
        'plant/b/power',
        'plant/b/flow',
        'deep/er/still',
        'deep',
        'other',
      ]) {
        await machine.publishAsync(topic, topic, { qos: 1 });
      }
      await machine.publishAsync('deep/end', 'end', { qos: 1 });
      await until('the last message is there', () => taken.at(-1)?.text === 'end');
      assert.deepEqual(
        taken.map((message) => message.topic),
        ['plant/a/power', 'plant/b/flow', 'deep/er/still', 'deep', 'deep/end'],
      );
    });

    test('takes filters while it runs', async () => {
      const { transport, taken, url } = await begin();
      const { client: machine } = await client(url);
      transport.subscribe(['late/#']);
      await untilSubscribed(machine, taken, 'late/first');
      await machine.publishAsync('late/topic', 'x', { qos: 0 });
      await until('the message is there', () => taken.some((message) => message.topic === 'late/topic'));
    });

    test('hands over 2,000 messages of one sender in order, bytes unchanged', async () => {
      const { taken, url } = await begin(['data/#']);
      const { client: machine } = await client(url);
      await untilSubscribed(machine, taken, 'data/first');
      const sent = Array.from(
        { length: 2_000 },
        (_, index) => `{"n":${index},"text":"ÄÖ ${'x'.repeat(index % 300)}"}`,
      );
      await Promise.all(sent.map((text) => machine.publishAsync('data/a', text, { qos: 1 })));
      await until('all are there', () => taken.length === sent.length);
      assert.deepEqual(
        taken.map((message) => message.text),
        sent,
      );
    });

    test('a message whose listener fails is not acknowledged and comes again', async () => {
      const subject = await create();
      subjects.push(subject);
      const { transport } = subject;
      const seen: string[] = [];
      transport.onMessage((message: MqttMessage) => {
        const text = Buffer.from(message.payload).toString();
        seen.push(text);
        return text === 'hard' && seen.filter((other) => other === 'hard').length === 1
          ? Promise.reject(new Error('the disk is full'))
          : undefined;
      });
      transport.subscribe(['data/#']);
      await transport.start();
      await until('the transport is up', () => transport.status().state === 'up');
      const { client: machine } = await client(subject.url());
      await publishUntilTaken(machine, seen, 'data/first');
      await machine.publishAsync('data/a', 'hard', { qos: 1 });
      await until('it has come twice', () => seen.filter((text) => text === 'hard').length === 2);
      assert.equal(transport.status().counters.undelivered, 1);
    });

    test('publishes states and events to subscribers, strings and bytes', async () => {
      const { transport, url } = await begin();
      const { heard } = await client(url, ['gemel/#']);
      transport.publish('gemel/pump/state', '{"temperature":1}', { qos: 0, retain: false });
      transport.publish('gemel/pump/events', Buffer.from('{"kind":"raised"}'), { qos: 1, retain: false });
      await until(
        'both are there',
        () => heard.filter(({ topic }) => topic.startsWith('gemel/pump')).length === 2,
      );
      const texts = Object.fromEntries(heard.map(({ topic, text }) => [topic, text]));
      assert.equal(texts['gemel/pump/state'], '{"temperature":1}');
      assert.equal(texts['gemel/pump/events'], '{"kind":"raised"}');
    });

    test('a retained state reaches a later subscriber, an ordinary one does not', async () => {
      const { transport, url } = await begin();
      transport.publish('gemel/a/state', 'kept', { qos: 0, retain: true });
      transport.publish('gemel/b/state', 'gone', { qos: 0, retain: false });
      await until('both are sent', () => transport.status().counters.published >= 2);
      const { heard } = await client(url, ['gemel/+/state']);
      await until('the retained one is there', () => heard.length > 0);
      assert.deepEqual(heard, [{ topic: 'gemel/a/state', text: 'kept', retain: true }]);
    });

    test('never hears what it published itself, even where a filter matches', async () => {
      const { transport, taken, url } = await begin(['gemel/#', 'data/#']);
      const { client: machine, heard } = await client(url, ['gemel/pump/state']);
      await untilSubscribed(machine, taken, 'data/first');
      transport.publish('gemel/pump/state', 'mine', { qos: 0, retain: false });
      await until('others hear it', () => heard.length === 1);
      await machine.publishAsync('data/last', 'last', { qos: 1 });
      await until('the last message is there', () => taken.some(({ text }) => text === 'last'));
      assert.deepEqual(
        taken.filter(({ topic }) => topic === 'gemel/pump/state'),
        [],
      );
    });

    test('says online, retained, while it runs and offline when it stops', async () => {
      const { transport, url } = await begin();
      const { heard } = await client(url, ['gemel/status']);
      await until('it is online', () => heard.some(({ text }) => text === '{"status":"online"}'));
      await transport.stop();
      await until('it is offline', () => heard.at(-1)?.text === '{"status":"offline"}');
      assert.equal(transport.status().state, 'stopped');
      await transport.stop();
    });

    test('refuses topics and filters that are not', async () => {
      const { transport } = await begin();
      const code = { code: 'TOPIC_INVALID' };
      for (const topic of ['', 'a/+', '#', 'nul\0', 'x'.repeat(70_000)]) {
        assert.throws(() => transport.publish(topic, '', { qos: 0, retain: false }), code);
      }
      for (const filter of ['', 'a/#/b', 'a+/b', 'a#']) {
        assert.throws(() => transport.subscribe([filter]), code);
      }
    });

    test('a listener that was removed hears nothing more', async () => {
      const { transport, taken, url } = await begin(['data/#']);
      const extra: string[] = [];
      const remove = transport.onMessage((message) => {
        extra.push(message.topic);
        return undefined;
      });
      const { client: machine } = await client(url);
      await untilSubscribed(machine, taken, 'data/first');
      const before = extra.length;
      remove();
      await machine.publishAsync('data/last', 'last', { qos: 1 });
      await until('the other listener has it', () => taken.some(({ text }) => text === 'last'));
      assert.equal(extra.length, before);
      assert.equal(transport.status().counters.undelivered, 0);
    });
  });
}

/** An external broker may take a moment to know a subscription: probes until one comes through, then forgets it. */
async function untilSubscribed(
  machine: Ear['client'],
  taken: { topic: string; text: string }[],
  topic = 'deep/first',
): Promise<void> {
  let sent = 0;
  while (!taken.some(({ text }) => text.startsWith('probe'))) {
    await machine.publishAsync(topic, `probe ${sent}`, { qos: 1 });
    sent += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const last = `probe ${sent - 1}`;
  await until('the last probe is there', () => taken.some(({ text }) => text === last));
  taken.length = 0;
}

async function publishUntilTaken(machine: Ear['client'], seen: string[], topic: string): Promise<void> {
  while (!seen.includes('probe')) {
    await machine.publishAsync(topic, 'probe', { qos: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
