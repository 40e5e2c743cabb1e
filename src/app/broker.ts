/** The `mqtt:` of a project: the embedded broker, or another one with what is needed to be let in. */

import { didYouMean } from '../core/diagnose/index.ts';
import type { Findings } from './findings.ts';
import { defaults } from './options.ts';
import type { EmbeddedBroker, ExternalBroker } from './project.ts';
import type { MqttDocument, ProjectDocument } from './schema.ts';
import { hideSecrets, SecretReader, type SecretSite } from './secrets.ts';

/** Of the embedded broker. */
const ownOptions: ReadonlySet<string> = new Set(['port', 'clients', 'clients_per_address']);
const protocols = ['mqtt', 'mqtts', 'ws', 'wss'];

export function readBroker(document: ProjectDocument, site: SecretSite): EmbeddedBroker | ExternalBroker {
  const mqtt = document.mqtt ?? {};
  const { findings } = site;
  if (mqtt.url === undefined) {
    for (const [option, value] of Object.entries(mqtt)) {
      if (ownOptions.has(option) || value === undefined) continue;
      findings.atKey(['mqtt', option], {
        code: 'OPTION_CONFLICT',
        message: `\`${option}\` is for another broker, but none is named`,
        hint: 'add `url: mqtts://broker:8883`, or remove it: the embedded broker asks for no password',
      });
    }
    const { port = defaults.mqttPort, clients, clients_per_address: clientsPerAddress } = mqtt;
    const limits = {
      ...(clients !== undefined && { clients }),
      ...(clientsPerAddress !== undefined && { clientsPerAddress }),
    };
    return { kind: 'embedded', port, ...(Object.keys(limits).length > 0 && { limits }) };
  }
  checkUrl(mqtt.url, findings);
  checkPairs(mqtt, findings);
  const reader = new SecretReader('mqtt', site);
  return {
    kind: 'external',
    url: mqtt.url,
    ...(mqtt.client === undefined ? {} : { clientId: mqtt.client }),
    ...reader.text('user', mqtt.user),
    ...reader.text('password', mqtt.password),
    ...reader.password(mqtt.password_file),
    ...reader.file('ca', mqtt.ca),
    ...reader.file('certificate', mqtt.certificate),
    ...reader.file('key', mqtt.key),
  };
}

function checkUrl(url: string, findings: Findings): void {
  const parsed = URL.parse(url);
  const protocol = parsed?.protocol.slice(0, -1) ?? '';
  if (parsed && parsed.hostname !== '' && protocols.includes(protocol)) return;
  findings.at(['mqtt', 'url'], {
    code: 'BROKER_URL',
    message: `\`${hideSecrets(url)}\` is not the address of a broker`,
    expected: 'mqtt://host:1883, mqtts://host:8883, ws://host/path or wss://host/path',
    hint: didYouMean(protocol, protocols),
  });
}

function checkPairs(mqtt: MqttDocument, findings: Findings): void {
  const conflict = (option: keyof MqttDocument, message: string, hint: string) =>
    findings.atKey(['mqtt', option], { code: 'OPTION_CONFLICT', message, hint });
  if (mqtt.port !== undefined) {
    conflict(
      'port',
      'with `url` there is no embedded broker',
      'write the port into the url, or remove one of the two',
    );
  }
  for (const option of ['clients', 'clients_per_address'] as const) {
    if (mqtt[option] === undefined) continue;
    conflict(
      option,
      'with `url` there is no embedded broker',
      'remove it: the other broker has limits of its own',
    );
  }
  if (mqtt.password !== undefined && mqtt.password_file !== undefined) {
    conflict('password', 'the password is given twice', 'remove `password`, and keep the file');
  }
  if ((mqtt.certificate === undefined) !== (mqtt.key === undefined)) {
    conflict(
      mqtt.key === undefined ? 'certificate' : 'key',
      'a certificate and its key go together',
      'add the other one',
    );
  }
  const encrypted = /^(mqtts|wss):/.test(mqtt.url ?? '');
  const given = (['ca', 'certificate', 'key'] as const).find((option) => mqtt[option] !== undefined);
  if (given && !encrypted) {
    conflict(given, 'certificates need an encrypted connection', 'begin the url with mqtts or wss');
  }
}
