import { join } from 'node:path';
import {
  type BridgeEvent,
  createBroker,
  type Listener,
  type ListenOptions,
  PlannedBroker,
  type ReadPlan,
} from '../../broker/index.js';
import { type Cloud, type CloudOptions, type Store, startCloud } from '../../cloud/index.js';
import { ensurePki, type Pki } from '../../pki/index.js';
import { UserError } from '../process/user-error.js';
import { DEFAULT_CLOUD_PORT, type LocalAccount } from './local-store.js';

const DEFAULT_BROKER_PORT = 8883;

/** A port that an option may name. When `port` is undefined, the default port is tried, then any free one. */
export interface PortChoice {
  option: string;
  port: number | undefined;
  /** default 127.0.0.1 */
  host?: string;
}

/** How the REST API is served: what has nothing to do with its port and account. */
export type Serving = Omit<CloudOptions, 'store' | 'accountSid' | 'authToken' | 'port' | 'host'>;

/** Starts the REST API. @throws UserError when the port that was asked for is taken; CloudStartError */
export function startLocalCloud(
  store: Store,
  account: LocalAccount,
  choice: PortChoice,
  serving: Serving = {},
): Promise<Cloud> {
  const { accountSid, authToken, isOfEnvironment } = account;
  const own = isOfEnvironment ? { accountSid, authToken } : {};
  const { host } = choice;
  return onPort(choice, DEFAULT_CLOUD_PORT, (port) => startCloud({ ...serving, ...own, store, host, port }));
}

/** The embedded broker. */
export interface LocalBroker {
  /** Port of the listener that is for the device. */
  readonly port: number;
  /** What a configuration has opened besides. */
  readonly planned: readonly Listener[];
  close(): Promise<void>;
}

/** A configuration for the embedded broker. */
export interface LocalBrokerPlan {
  read: ReadPlan;
  bridgeLog: (event: BridgeEvent) => void;
}

/**
 * Starts the embedded broker. Its listener for the device demands a certificate of the development PKI, and lets whoever has one do
 * everything. A plan adds its listeners with their own rules, and what it says of the broker as a whole.
 *
 * @throws UserError when the port that was asked for is taken; BrokerError, with the line when a listener of the plan cannot be opened
 */
export async function startLocalBroker(pki: Pki, choice: PortChoice, plan?: LocalBrokerPlan): Promise<LocalBroker> {
  const planned = plan && (await PlannedBroker.start(plan.read, { bridgeLog: plan.bridgeLog }));
  const broker = planned?.broker ?? (await createBroker());
  const close = () => (planned ?? broker).close();
  const opened = [...broker.listeners];
  try {
    const { port } = await onPort(choice, DEFAULT_BROKER_PORT, (port) => broker.listen(forDevice(pki, port)));
    return { port, planned: opened, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function forDevice({ server, ca }: Pki, port: number): ListenOptions {
  const tls = {
    cert: server.certificatePem,
    key: server.privateKeyPem,
    ca: ca.certificatePem,
    requireCertificate: true,
  };
  return { protocol: 'mqtts', port, tls };
}

export function openPki(data: string, deviceSid: string): Promise<Pki> {
  return ensurePki(join(data, 'pki'), { deviceSid });
}

async function onPort<T>(
  { option, port: asked, host = '127.0.0.1' }: PortChoice,
  preferred: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(asked ?? preferred);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'address-in-use') throw error;
    if (asked === undefined) return await start(0);
    throw new UserError(
      `${option} ${asked}: another program has this port on ${host}; end it, choose another port, or leave ${option} out for any free one`,
    );
  }
}
