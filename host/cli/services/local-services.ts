import { join } from 'node:path';
import { type BrokerError, type RunningBroker, startBroker } from '../../broker/index.js';
import {
  type Account,
  type Cloud,
  CloudClient,
  type CloudStartError,
  ensureAccount,
  Store,
  startCloud,
} from '../../cloud/index.js';
import { ensurePki, type Pki } from '../../pki/index.js';
import { UserError } from '../user-error.js';

/** Ports that are tried first; when one is taken and was not asked for, any free one does. */
export const DEFAULT_CLOUD_PORT = 8180;
export const DEFAULT_BROKER_PORT = 8883;

/** Where `wasmqtt cloud` serves the local store when its port is free. */
export const LOCAL_CLOUD_URL = `http://127.0.0.1:${DEFAULT_CLOUD_PORT}/v1`;

/**
 * A cloud behind an address, with SID and token of the environment.
 *
 * @throws UserError when they are not set; CloudClientError `invalid-address`
 */
export function remoteCloud(url: string, env: NodeJS.ProcessEnv): CloudClient {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  if (accountSid && authToken) return new CloudClient({ url, accountSid, authToken });
  throw new UserError('--cloud needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in the environment; export both');
}

export function openStore(data: string): Store {
  return Store.open(join(data, 'store'));
}

/**
 * The account of the local cloud. TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of the environment are taken when both are
 * set, so that the commands of the documents work as they stand.
 *
 * @throws UserError when they are malformed
 */
export async function accountOf(store: Store, env: NodeJS.ProcessEnv): Promise<Account> {
  const account = await ensureAccount(store);
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  if (!accountSid || !authToken) return account;
  if (!/^AC[0-9a-fA-F]{32}$/.test(accountSid)) {
    throw new UserError('TWILIO_ACCOUNT_SID in the environment is not AC and 32 hex digits; correct or unset it');
  }
  return { ...account, accountSid, authToken };
}

/** A port that an option may name; `port` undefined means the default port, or any free one when that is taken. */
export interface PortChoice {
  option: string;
  port: number | undefined;
}

/** Starts the REST API. @throws UserError when the port that was asked for is taken; CloudStartError */
export function startLocalCloud(store: Store, account: Account, choice: PortChoice): Promise<Cloud> {
  const { accountSid, authToken } = account;
  return onPort(choice, DEFAULT_CLOUD_PORT, 'address-in-use', (chosen) =>
    startCloud({ store, accountSid, authToken, port: chosen }),
  );
}

/** Starts the embedded broker, which demands a certificate of the development PKI. @throws as startLocalCloud; BrokerError */
export async function startLocalBroker(pki: Pki, choice: PortChoice): Promise<RunningBroker> {
  return onPort(choice, DEFAULT_BROKER_PORT, 'address-in-use', (chosen) =>
    startBroker({
      port: chosen,
      cert: pki.server.certificatePem,
      key: pki.server.privateKeyPem,
      ca: pki.ca.certificatePem,
      requireCertificate: true,
      allowAnonymous: true,
    }),
  );
}

export function openPki(data: string, deviceSid: string): Promise<Pki> {
  return ensurePki(join(data, 'pki'), { deviceSid });
}

async function onPort<T>(
  { option, port: asked }: PortChoice,
  preferred: number,
  inUse: (BrokerError | CloudStartError)['code'],
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(asked ?? preferred);
  } catch (error) {
    if ((error as BrokerError | CloudStartError).code !== inUse) throw error;
    if (asked === undefined) return await start(0);
    throw new UserError(
      `${option} ${asked}: another program has this port on 127.0.0.1; end it, choose another port, or leave ${option} out for any free one`,
    );
  }
}
