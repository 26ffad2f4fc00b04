/** Transports of the managed client, and what their failures mean. */
export { closedEarly, failureOf } from './failures.js';
export type { HttpClient, HttpClientRequest, HttpExchange, HttpOutcome } from './http-client.js';
export { type NodeHttpClientOptions, nodeHttpClient } from './node-http-client.js';
export { watchShown } from './shown-certificates.js';
export { tlsContexts } from './tls-contexts.js';
export { type TlsTransportOptions, tlsTransport } from './tls-transport.js';
export type {
  MqttTransportFactory,
  Transport,
  TransportEvents,
  TransportFailure,
  TransportRequest,
} from './transport.js';
