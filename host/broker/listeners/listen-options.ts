import { isLoopback } from '../../node/addresses.js';
import { LARGEST_PORT } from '../../node/ports.js';
import { LONGEST_TIMER } from '../../node/timers.js';
import type { ListenerInfo } from '../engine/rules.js';
import { BrokerError } from './listener.js';
import type { TlsSettings } from './tls/tls-settings.js';

/** What holds for every client of a listener. */
export interface CommonListenOptions extends Partial<ListenerInfo> {
  /**
   * Milliseconds until TLS stands and a WebSocket is open, 1 to 2,147,483,647; then the socket is destroyed. The time for
   * CONNECT comes after it (`limits.connectTimeout`). Default 10,000.
   */
  handshakeTimeout?: number;
}

export interface AddressOptions {
  /** Default 127.0.0.1. Anything else than loopback needs `beyondLoopback`. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Other machines may connect. Default false. */
  beyondLoopback?: boolean;
}

export interface WebSocketSettings {
  /** Path of the URL, with its leading slash, or `*` for any. Default `/mqtt`. */
  path?: string;
  /** Web pages that may connect, as browsers send them in `Origin`: `https://example.com`. Default: all. */
  origins?: readonly string[];
}

export interface TcpListenOptions extends CommonListenOptions, AddressOptions {
  protocol: 'mqtt';
}

export interface TlsListenOptions extends CommonListenOptions, AddressOptions {
  protocol: 'mqtts';
  tls: TlsSettings;
}

export interface WebSocketListenOptions extends CommonListenOptions, AddressOptions, WebSocketSettings {
  protocol: 'ws';
}

export interface SecureWebSocketListenOptions extends CommonListenOptions, AddressOptions, WebSocketSettings {
  protocol: 'wss';
  tls: TlsSettings;
}

export interface UnixListenOptions extends CommonListenOptions {
  protocol: 'unix';
  /** Its file. One that a dead broker left behind is replaced. */
  socketPath: string;
  /** Permissions of the file. Default 0o600: this user only. */
  mode?: number;
}

/**
 * An address to listen on, and what holds there.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { type AddressOptions, type CommonListenOptions, createBroker, type Protocol } from 'wasmqtt/broker';
 * import type { PemSource, SecureWebSocketListenOptions, TcpListenOptions, TlsListenOptions } from 'wasmqtt/broker';
 * import type { TlsMaterial, TlsSettings, UnixListenOptions, WebSocketListenOptions, WebSocketSettings } from 'wasmqtt/broker';
 *
 * const key: PemSource = { file: 'device.key' };
 * const material: TlsMaterial = { cert: readFileSync('device.pem'), key, ca: readFileSync('ca.pem') };
 * const tls: TlsSettings = { ...material, requireCertificate: true };
 * const common: CommonListenOptions = { handshakeTimeout: 5000 };
 * const address: AddressOptions = { host: '127.0.0.1', port: 0 };
 * const web: WebSocketSettings = { path: '/mqtt' };
 * const tcp: TcpListenOptions = { protocol: 'mqtt', ...common, ...address };
 * const secure: TlsListenOptions = { protocol: 'mqtts', tls };
 * const ws: WebSocketListenOptions = { protocol: 'ws', ...web };
 * const wss: SecureWebSocketListenOptions = { protocol: 'wss', ...web, tls };
 * const unix: UnixListenOptions = { protocol: 'unix', socketPath: 'mqtt.sock' };
 * const broker = await createBroker({ listeners: [tcp, secure, ws, wss, unix] });
 * broker.listeners.map(({ protocol }): Protocol => protocol); // => [ 'mqtt', 'mqtts', 'ws', 'wss', 'unix' ]
 * await broker.close();
 * ```
 */
export type ListenOptions =
  | TcpListenOptions
  | TlsListenOptions
  | WebSocketListenOptions
  | SecureWebSocketListenOptions
  | UnixListenOptions;

/** A host and a port. */
export interface TcpAddress {
  host: string;
  port: number;
}

const HANDSHAKE_TIMEOUT = 10_000;

/** @throws BrokerError for an address beyond loopback that was not asked for explicitly, and a port out of range */
export function addressOf({ host = '127.0.0.1', port = 0, beyondLoopback = false }: AddressOptions): TcpAddress {
  if (!Number.isInteger(port) || port < 0 || port > LARGEST_PORT) {
    throw new BrokerError('options', `port is ${port}; use a whole number from 0, any free port, to ${LARGEST_PORT}`);
  }
  if (!beyondLoopback && !isLoopback(host)) {
    const advice = 'set beyondLoopback: true if they shall, or use 127.0.0.1';
    throw new BrokerError('options', `host ${host} is not loopback: other machines could connect; ${advice}`);
  }
  return { host, port };
}

/** @throws BrokerError when it is out of range */
export function handshakeTimeoutOf({ handshakeTimeout = HANDSHAKE_TIMEOUT }: CommonListenOptions): number {
  if (!Number.isInteger(handshakeTimeout) || handshakeTimeout < 1 || handshakeTimeout > LONGEST_TIMER) {
    const message = `handshakeTimeout is ${handshakeTimeout}; use milliseconds from 1 to ${LONGEST_TIMER}`;
    throw new BrokerError('options', message);
  }
  return handshakeTimeout;
}
