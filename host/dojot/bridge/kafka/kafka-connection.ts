import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { isPort } from '../../../node/ports.js';

/** Ports of brokers that are named without one. */
const DEFAULT_PORT = 9092;

export interface KafkaConnection {
  /** `host`, `host:port` or `[IPv6 address]:port`; some of the cluster's brokers are enough. Default port 9092 */
  brokers: readonly string[];
  /** what this client is called in the logs of the brokers */
  clientId: string;
  /** without it there is no TLS; `servername` is the name of each broker unless it is given */
  tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** without it nobody is asked who this is */
  sasl?: { mechanism: SaslMechanism; username: string; password: string };
}

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** What was asked for cannot be. The message says what, and what to do. */
export class KafkaOptionsError extends Error {
  override name = 'KafkaOptionsError';
}

/**
 * Addresses of brokers, as the client takes them: it cannot read IPv6 addresses itself.
 *
 * @throws KafkaOptionsError for an address that is none, or when there is none
 */
export function brokerAddresses(brokers: readonly string[]): { host: string; port: number }[] {
  if (brokers.length === 0) throw new KafkaOptionsError('no address of a Kafka broker; give host:port');
  return brokers.map((broker) => {
    const [, v6, name, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/,]+))(?::(\d{1,5}))?$/.exec(broker.trim()) ?? [];
    const host = v6 ?? name;
    const port = digits === undefined ? DEFAULT_PORT : Number(digits);
    if (host !== undefined && isPort(port)) return { host, port };
    throw new KafkaOptionsError(`${JSON.stringify(broker)} is not the address of a Kafka broker; give host:port`);
  });
}

/** How long one request may take, and how the client tries again by itself: hardly, since it would ask the same broker, which may be gone. */
const REQUEST = { timeout: 5000, requestTimeout: 10_000, connectTimeout: 3000, retries: 2, retryDelay: 100 } as const;

/**
 * What every client of Kafka is made with.
 *
 * @throws KafkaOptionsError when an address is none
 */
export function clientOptions({ brokers, clientId, tls, sasl }: KafkaConnection) {
  const bootstrapBrokers = brokerAddresses(brokers);
  return {
    ...REQUEST,
    clientId,
    bootstrapBrokers,
    // A misspelt option is an error.
    strict: true,
    // The client sends no name by itself. An address is none (RFC 6066, 3).
    ...(tls && { tls, tlsServerName: tls.servername ?? bootstrapBrokers.some(({ host }) => isIP(host) === 0) }),
    ...(sasl && { sasl }),
  };
}
