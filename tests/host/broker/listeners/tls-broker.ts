import {
  type Broker,
  type BrokerOptions,
  createBroker,
  type PasswordOptions,
  passwordRules,
  type TlsListenOptions,
  type TlsSettings,
} from '../../../../host/broker/index.js';
import type { TestPki } from './certificates.js';

/** The options of a broker with one TLS listener, side by side. */
export type TlsBrokerOptions = Omit<BrokerOptions, 'listeners'> &
  Omit<TlsListenOptions, 'protocol' | 'tls'> &
  Partial<TlsSettings> &
  PasswordOptions;

export interface TlsBroker extends Broker {
  port: number;
}

/** A broker with one TLS listener that shows `server.crt`. */
export async function startTls(pki: TestPki, options: Partial<TlsBrokerOptions> = {}): Promise<TlsBroker> {
  const { limits, clock, log, pendingConnections, rules, ...others } = options;
  const { users, allowAnonymous, useIdentityAsUsername, host, port, beyondLoopback, handshakeTimeout, ...tls } = others;
  const broker = await createBroker({
    listeners: [
      {
        protocol: 'mqtts',
        tls: { cert: pki.read('server.crt'), key: pki.read('server.key'), ...tls },
        ...{ host, port, beyondLoopback, handshakeTimeout },
      },
    ],
    rules: rules ?? passwordRules({ users, allowAnonymous, useIdentityAsUsername }),
    ...{ limits, clock, log, pendingConnections },
  });
  return Object.assign(broker, { port: broker.listeners[0].port });
}
