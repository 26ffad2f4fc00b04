import {
  type DojotRulesOptions,
  dojotRules,
  type Limits,
  type ListenOptions,
  type TlsSettings,
} from '../../broker/index.js';
import { LARGEST_PACKET } from '../../core/index.js';
import { AclOwners } from '../certificates/certificate-owners.js';
import type { Generation } from '../generation.js';
import type { BrokerSettings } from './broker-settings.js';

/** Where the broker listens; 0 is any free port. */
export interface DojotAddresses {
  /** Of the listeners with TLS; the plain one is on loopback. */
  readonly host: string;
  readonly tlsPort: number;
  /** In generation 3 the bridges have a listener of their own. */
  readonly servicesPort: number;
  readonly plainPort: number;
}

/** As in dojot's deployments. */
export const DOJOT_PORTS = { tlsPort: 8883, servicesPort: 9883, plainPort: 1883 } as const;

/**
 * The listeners of a generation: TLS with client certificates, and a plain one where clients are who they say.
 *
 * @param tls what they show, and what they check clients against
 */
export function dojotListeners(
  settings: BrokerSettings,
  { host, tlsPort, servicesPort, plainPort }: DojotAddresses,
  tls: TlsSettings,
  onRefusal?: DojotRulesOptions['onRefusal'],
): ListenOptions[] {
  const { services, lifetime, owners, generation } = settings;
  const rules = (identity: DojotRulesOptions['identity']) => dojotRules({ services, lifetime, identity, onRefusal });
  const common = { settings: { maximumPacketSize: LARGEST_PACKET } };
  const secure = {
    ...common,
    ...({ protocol: 'mqtts', host, beyondLoopback: true } as const),
    tls: { ...tls, requireCertificate: true },
    rules: rules(owners ? new AclOwners(owners.url, owners.timeout) : 'common-name'),
  };
  return [
    { ...secure, port: tlsPort },
    ...(generation === 3 ? [{ ...secure, port: servicesPort }] : []),
    { ...common, protocol: 'mqtt', port: plainPort, rules: rules('claim') },
  ];
}

/** Sessions that the broker keeps, connected or not: VerneMQ has no limit, memory has. */
const MOST_SESSIONS = 200_000;

/** Messages in flight for a client, and waiting for it. */
const QUEUES: Readonly<Record<Generation, Pick<Limits, 'inflightMessages' | 'queuedMessages'>>> = {
  1: { inflightMessages: 20, queuedMessages: 10_000 },
  2: { inflightMessages: 100, queuedMessages: 50_000 },
  3: { inflightMessages: 100, queuedMessages: 50_000 },
};

/** The limits of a generation's configuration of VerneMQ. */
export function dojotLimits(generation: Generation): Partial<Limits> {
  return { ...QUEUES[generation], sessions: MOST_SESSIONS };
}
