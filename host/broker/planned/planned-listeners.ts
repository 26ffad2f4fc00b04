import { lookup } from 'node:dns/promises';
import { readdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { LARGEST_PACKET } from '../../core/index.js';
import type { BehaviourPlan, LimitsPlan, ListenerPlan, TlsPlan } from '../conf/plan.js';
import type { ListenerSettings as ClientSettings } from '../engine/listener-settings.js';
import type { Rules } from '../engine/rules.js';
import type { ListenOptions } from '../listeners/listen-options.js';
import type { TlsSettings } from '../listeners/tls/tls-settings.js';

/** An address of a listener. */
export interface PlannedAddress {
  readonly host: string;
  /** The broker starts without it when the machine does not have it. */
  readonly isOptional: boolean;
  /** In its place when the machine does not have it. */
  readonly instead?: string;
}

/**
 * The addresses that a listener is on: those of a host name are several, as in mosquitto.
 *
 * @throws what node:dns throws for a name that nobody knows; Error for an interface that this machine does not have
 */
export async function addressesOf(plan: ListenerPlan): Promise<PlannedAddress[]> {
  const { host, family, isOptional, networkInterface } = plan;
  if (networkInterface !== undefined) return interfaceAddresses(networkInterface, family, isOptional);
  if (host === undefined) {
    if (family === 4) return [{ host: '0.0.0.0', isOptional }];
    // Takes IPv4 as well, where the system has it so.
    return [{ host: '::', isOptional, instead: family === 6 ? undefined : '0.0.0.0' }];
  }
  if (isIP(host) !== 0) return [{ host, isOptional }];
  const found = await lookup(host, { all: true, family: family ?? 0 });
  const addresses = [...new Set(found.map(({ address }) => address))];
  return addresses.map((address, at) => ({ host: address, isOptional: isOptional || at > 0 }));
}

/** The first address has to work; those of a link need the name of the interface (RFC 4007 section 11). */
function interfaceAddresses(name: string, family: ListenerPlan['family'], isOptional: boolean): PlannedAddress[] {
  const all = networkInterfaces();
  const wanted = (all[name] ?? []).filter((address) => family === undefined || address.family === `IPv${family}`);
  if (wanted.length === 0) {
    const kind = family === undefined ? '' : ` of IPv${family}`;
    throw new Error(
      `the network interface ${name} has no address${kind}; this machine has ${Object.keys(all).join(', ')}`,
    );
  }
  return wanted.map(({ address, scopeid }, at) => ({
    host: scopeid ? `${address}%${name}` : address,
    isOptional: isOptional || at > 0,
  }));
}

/** What a listener of a plan is to `Broker.listen`. @param host ignored for a Unix socket */
export function listenOptions(
  plan: ListenerPlan,
  host: string,
  rules: Rules,
  settings: Partial<ClientSettings>,
): ListenOptions {
  const { protocol, port, socket, tls } = plan;
  const common = { rules, settings };
  if (socket !== undefined) return { ...common, protocol: 'unix', socketPath: socket };
  const address = { ...common, host, port, beyondLoopback: true };
  switch (protocol) {
    case 'mqtt':
      return { ...address, protocol };
    case 'mqtts':
      return { ...address, protocol, tls: tlsSettings(tls!) };
    case 'ws':
      return { ...address, protocol, path: '*' };
    case 'wss':
      return { ...address, protocol, path: '*', tls: tlsSettings(tls!) };
  }
}

/** Messages in flight for one client, either way, where the configuration has no `max_inflight_messages`: as in mosquitto. */
const INFLIGHT_MESSAGES = 20;

/** Messages above QoS 0 that others may send unacknowledged (3.1.2.11.3, 3.2.2.3.3). */
export function receiveMaximumOf({ inflightMessages = INFLIGHT_MESSAGES }: LimitsPlan): number {
  return Math.min(inflightMessages, 65_535);
}

/** What holds for the clients of a listener: what is not configured is as in mosquitto. */
export function clientSettings(
  { maximumConnections, maximumQoS, topicAliasMaximum, outgoingTopicAliases, mountPoint, security }: ListenerPlan,
  limits: LimitsPlan,
  behaviour: BehaviourPlan,
): Partial<ClientSettings> {
  return {
    maximumConnections,
    maximumQoS,
    topicAliasMaximum,
    outgoingTopicAliases,
    mountPoint,
    maximumPacketSize: limits.maximumPacketSize ?? LARGEST_PACKET,
    receiveMaximum: receiveMaximumOf(limits),
    checkRetainSource: behaviour.checkRetainSource,
    reasonStrings: false,
    terse: true,
    maximumPayloadSize: limits.messageSize,
    maximumKeepAlive: limits.keepAlive,
    retainAvailable: behaviour.retainAvailable,
    upgradeOutgoingQoS: behaviour.upgradeOutgoingQoS,
    queueQoS0: behaviour.queueQoS0,
    allowZeroLengthClientId: security.allowZeroLengthClientId,
    autoIdPrefix: security.autoIdPrefix,
  };
}

function tlsSettings(plan: TlsPlan): TlsSettings {
  const { certificate, key, ca, caFolder, revocationList, requireCertificate, minimumVersion } = plan;
  const { ciphers, cipherSuites, dhParameters } = plan;
  const authorities = [...(ca ? [ca.path] : []), ...(caFolder ? certificatesIn(caFolder.path) : [])];
  return {
    cert: { file: certificate.path },
    key: { file: key.path },
    ...(authorities.length > 0 && { ca: authorities.map((file) => ({ file })) }),
    // Without client certificates there is nothing to be revoked.
    ...(revocationList && requireCertificate && { crl: { file: revocationList.path } }),
    requireCertificate,
    minimumVersion,
    ciphers,
    cipherSuites,
    dhParameters: dhParameters && { file: dhParameters.path },
  };
}

/** A folder of mosquitto's `capath` has certificates, and links to them whose names `openssl rehash` made. */
export function certificatesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /\.(?:pem|crt)$/.test(name));
  return names.sort().map((name) => join(folder, name));
}
