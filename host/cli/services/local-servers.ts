import { join } from 'node:path';
import { type Broker, createBroker } from '../../broker/index.js';
import { type Account, type Cloud, type Store, startCloud } from '../../cloud/index.js';
import { ensurePki, type Pki } from '../../pki/index.js';
import { UserError } from '../process/user-error.js';
import { DEFAULT_CLOUD_PORT } from './local-store.js';

const DEFAULT_BROKER_PORT = 8883;

/** A port that an option may name. When `port` is undefined, the default port is tried, then any free one. */
export interface PortChoice {
  option: string;
  port: number | undefined;
}

/** Starts the REST API. @throws UserError when the port that was asked for is taken; CloudStartError */
export function startLocalCloud(store: Store, account: Account, choice: PortChoice): Promise<Cloud> {
  const { accountSid, authToken } = account;
  return onPort(choice, DEFAULT_CLOUD_PORT, (port) => startCloud({ store, accountSid, authToken, port }));
}

/**
 * Starts the embedded broker, which demands a certificate of the development PKI.
 *
 * @throws UserError when the port that was asked for is taken; BrokerError
 */
export function startLocalBroker(pki: Pki, choice: PortChoice): Promise<Broker> {
  const tls = {
    cert: pki.server.certificatePem,
    key: pki.server.privateKeyPem,
    ca: pki.ca.certificatePem,
    requireCertificate: true,
  };
  return onPort(choice, DEFAULT_BROKER_PORT, (port) => createBroker({ listeners: [{ protocol: 'mqtts', port, tls }] }));
}

export function openPki(data: string, deviceSid: string): Promise<Pki> {
  return ensurePki(join(data, 'pki'), { deviceSid });
}

async function onPort<T>(
  { option, port: asked }: PortChoice,
  preferred: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(asked ?? preferred);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'address-in-use') throw error;
    if (asked === undefined) return await start(0);
    throw new UserError(
      `${option} ${asked}: another program has this port on 127.0.0.1; end it, choose another port, or leave ${option} out for any free one`,
    );
  }
}
