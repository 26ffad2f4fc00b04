import type { QoS } from '../../core/index.js';
import type { BoardEvent } from './board-event.js';

/** One key of a finished config fetch; the value is never part of an event. */
export interface FetchedKey {
  key: string;
  scope: 'account' | 'device';
  store: 'secret' | 'config';
  result: 'ok' | 'keyNotFound' | 'serverError';
}

/**
 * What is known of a connection that failed: what the device brought along, and what the broker showed. Never a secret.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { type ConnectEvidence, createDevice } from 'wasmqtt/microvisor';
 *
 * const stores = { 'broker-host': 'broker.example.com', 'broker-port': '8883', 'client-id': 'pump-7' };
 * const device = await createDevice({ guest: readFileSync(modulePath('app.wasm')), stores });
 * const { evidence } = await device.until('connectFailed');
 * const { code, secure }: ConnectEvidence = evidence;
 * [code, secure]; // => [ 'ECONNREFUSED', false ]
 * await device.stop();
 * ```
 */
export interface ConnectEvidence {
  protocolVersion: 4 | 5;
  userName?: string;
  /** The trusted CA certificates, DER; empty means the Mozilla roots. */
  roots: readonly Uint8Array[];
  /** The client's certificate and its issuers, DER; empty for none. */
  clientChain: readonly Uint8Array[];
  /** Whether the TLS handshake was done. */
  secure: boolean;
  /** Code of node:dns, node:net, node:tls or OpenSSL, for example `CERT_HAS_EXPIRED`. */
  code?: string;
  /** Number of the TLS alert that the broker sent (RFC 8446 6). */
  alert?: number;
  /** The certificates that the broker showed, its own first, DER. Issuers among the roots may follow. */
  shown: readonly Uint8Array[];
  /** The first bytes that the broker sent after the handshake, at most 16. */
  answer: Uint8Array;
}

/** What the kernel reports to its host, in the order in which it happens. */
export type KernelEvent =
  | BoardEvent
  | { event: 'network'; status: 'DELIBERATELYOFFLINE' | 'CONNECTED' | 'CONNECTING' | 'DISCONNECTEDWITHLINKUP' }
  | { event: 'configFetched'; keys: FetchedKey[] }
  | { event: 'connecting'; host: string; port: number }
  | {
      event: 'connected';
      host: string;
      port: number;
      protocol: '3.1.1' | '5';
      /** For example `TLSv1.3`. */
      tls: string;
      cipher: string;
      clientId: string;
      sessionPresent: boolean;
      /** The will that the request had. */
      will?: { topic: string; retain: boolean };
    }
  | {
      event: 'connectFailed';
      host: string;
      port: number;
      /** Name of the MvMqttRequestState, for example `UNKNOWNCA`; REQUESTCOMPLETED when the broker refused. */
      requestState: string;
      /** CONNACK reason code (3.1.1: return code), 0 when there was no CONNACK. */
      reasonCode: number;
      detail: string;
      evidence: ConnectEvidence;
    }
  | { event: 'subscribed'; topics: { topic: string; reasonCode: number }[] }
  | { event: 'unsubscribed'; topics: { topic: string; reasonCode: number }[] }
  | { event: 'published'; topic: string; payload: Uint8Array; qos: QoS; retain?: true; reasonCode: number }
  | { event: 'message'; topic: string; payload: Uint8Array; qos: QoS; retain: boolean }
  | { event: 'messageLost'; topic: string; length: number }
  | { event: 'acknowledged'; topic: string; qos: QoS }
  | { event: 'disconnected'; reason: string; requested: boolean; reasonCode?: number }
  | { event: 'log'; text: string }
  /** An HTTP request was handed over. */
  | { event: 'httpRequest'; method: string; url: string }
  /** Its answer: `result` is the name of an MvHttpResult, `statusCode` 0 unless that is OK, `detail` one clause for people. */
  | { event: 'httpResponse'; url: string; result: string; statusCode: number; bodyLength: number; detail?: string }
  | { event: 'systemLed'; enabled: boolean }
  /** The external flash could not be read or written; the call was UNAVAILABLE. */
  | { event: 'flashFailed'; detail: string }
  /** The factory's test was completed; 0 is success. */
  | { event: 'testingComplete'; status: number }
  /** The application has ended; it starts again at `at`, in milliseconds of the kernel's clock, if that is set. */
  | { event: 'ended'; wakeReason?: string; at?: number }
  | { event: 'interrupt'; irq: number }
  /** The guest was entered through this export and has returned. */
  | { event: 'turn'; entry: string }
  /** The guest trapped in this export, or task, and is not entered again; `frames` is its stack, innermost first. */
  | { event: 'trap'; entry: string; detail: string; frames: readonly string[] }
  /** The guest has left `main`, or called `exit`. */
  | { event: 'exit'; code: number };
