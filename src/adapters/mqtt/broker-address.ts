/** The address of an external broker and what is needed to be let in, as options of mqtt.js. */

import { createHash } from 'node:crypto';
import type { IClientOptions } from 'mqtt';
import { didYouMean, GemelError } from '../../core/diagnose/index.ts';

export interface BrokerAddress {
  /** `mqtt://host:1883`, `mqtts://host:8883`, `ws://host/path`, `wss://host/path`; may hold `user:password@`. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Certificates (PEM) of the authorities to trust instead of the system's. */
  readonly ca?: string | Uint8Array;
  /** Our own certificate and its key (PEM), for brokers that ask for one. Both or none. */
  readonly certificate?: string | Uint8Array;
  readonly key?: string | Uint8Array;
}

const protocols = ['mqtt', 'mqtts', 'ws', 'wss'] as const;
const defaultPorts = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };

export interface ParsedAddress {
  /** For mqtt.js, without what names who connects. */
  readonly options: IClientOptions;
  /** The URL without user and password, for the log. */
  readonly shown: string;
}

/** @throws GemelError `BROKER_URL`. */
export function parseBrokerAddress(address: BrokerAddress): ParsedAddress {
  const url = URL.parse(address.url);
  if (url === null || url.hostname === '') {
    throw new GemelError('BROKER_URL', `\`${hideSecrets(address.url)}\` is not the address of a broker`, {
      hint: 'write it as `mqtt://host:1883`',
    });
  }
  const given = url.protocol.slice(0, -1);
  const protocol = protocols.find((candidate) => candidate === given);
  if (protocol === undefined) {
    throw new GemelError('BROKER_URL', `a broker cannot be reached by \`${given}\``, {
      hint: didYouMean(given, protocols) ?? 'use mqtt, mqtts, ws or wss',
    });
  }
  if ((address.certificate === undefined) !== (address.key === undefined)) {
    throw new GemelError('BROKER_URL', 'a client certificate needs its key, and a key its certificate');
  }
  const secure = protocol === 'mqtts' || protocol === 'wss';
  if (!secure && (address.ca ?? address.certificate) !== undefined) {
    throw new GemelError('BROKER_URL', `certificates are given, but \`${protocol}\` is not encrypted`, {
      hint: `use \`${protocol === 'ws' ? 'wss' : 'mqtts'}\``,
    });
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? defaultPorts[protocol] : Number(url.port);
  const user = address.user ?? (url.username === '' ? undefined : decodeURIComponent(url.username));
  const password = address.password ?? (url.password === '' ? undefined : decodeURIComponent(url.password));
  const path = protocol === 'ws' || protocol === 'wss' ? url.pathname + url.search : '';
  return {
    shown: `${protocol}://${url.hostname}:${port}${path === '/' ? '' : path}`,
    options: {
      protocol,
      // For WebSockets mqtt.js writes the host into a URL as it stands.
      host: path === '' ? host : url.hostname,
      port,
      ...(path !== '' && { path }),
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password }),
      ...(address.ca !== undefined && { ca: pem(address.ca) }),
      ...(address.certificate !== undefined && { cert: pem(address.certificate) }),
      ...(address.key !== undefined && { key: pem(address.key) }),
      rejectUnauthorized: true,
    },
  };
}

/**
 * A client identifier that stays the same for a project, so that the broker knows its session again, and that no
 * other project has. MQTT 3.1.1 promises 23 letters and digits: these are 21.
 *
 * @param project - what tells the project from others, such as the name of the computer and its directory.
 */
export function stableClientId(project: string): string {
  return `gemel${createHash('sha256').update(project).digest('hex').slice(0, 16)}`;
}

function pem(text: string | Uint8Array): Buffer {
  return typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
}

function hideSecrets(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//…@');
}
