import type { MvMqttRequestState } from '../../../build/abi/microvisor.js';

/** Where to connect, always with TLS, and with which credentials. Certificates and keys are DER. */
export interface TransportRequest {
  host: string;
  /** 1 to 65,535. */
  port: number;
  /** Trusted CA certificates; empty means the Mozilla roots. An element may hold several, one after the other. */
  ca: Uint8Array[];
  /** The client's certificate first, then its issuers; empty for none. */
  clientChain: Uint8Array[];
  /** PKCS#8. */
  clientKey?: Uint8Array;
}

export interface TransportFailure {
  /** Why there is no connection. */
  requestState: MvMqttRequestState;
  /** One clause for people. */
  detail: string;
  /** Code of node:dns, node:net, node:tls or OpenSSL. */
  code?: string;
  /** Number of the TLS alert that the server sent (RFC 8446 6). */
  alert?: number;
  /** The certificates that the server showed, its own first, DER. */
  shown?: readonly Uint8Array[];
}

/** How a transport reports. These are plain functions, called without `this`; `closed` is the last call. */
export interface TransportEvents {
  /** The server's certificate was accepted and the handshake is done. */
  connected: (info: { tls: string; cipher: string; shown?: readonly Uint8Array[] }) => void;
  data: (bytes: Uint8Array) => void;
  /** There is no failure when the peer ended the connection or `end` has finished. */
  closed: (failure?: TransportFailure) => void;
}

export interface Transport {
  write(bytes: Uint8Array): void;
  /** Sends what was written, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export type MqttTransportFactory = (request: TransportRequest, events: TransportEvents) => Transport;
