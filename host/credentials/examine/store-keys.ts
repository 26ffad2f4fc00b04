import { AppLimit } from '../../../build/abi/core.js';

/** What the documents store under a key, and where. */
export interface KeyRule {
  store: 'config' | 'secret';
  holds: 'host' | 'port' | 'text' | 'certificates' | 'private key';
  /** Room in the public demo application, in bytes of the decoded value. */
  demoBytes?: number;
  /** Room in the device application of this package. */
  appBytes?: number;
  /** Options of `wasmqtt provision` that store it. */
  options: string;
}

const CERTIFICATE = '--cert FILE --key FILE';
const PASSWORD = '--username NAME --password-file FILE';

/** The keys under which the documents store a device's configuration. */
export const KEYS = {
  'broker-host': {
    store: 'config',
    holds: 'host',
    demoBytes: 128,
    appBytes: AppLimit.HOST,
    options: '--broker-host HOST',
  },
  'broker-port': { store: 'config', holds: 'port', options: '--broker-port 8883' },
  'client-id': {
    store: 'config',
    holds: 'text',
    demoBytes: 34,
    appBytes: AppLimit.CLIENT_ID,
    options: '--client-id ID',
  },
  'root-CA': {
    store: 'config',
    holds: 'certificates',
    demoBytes: 1536,
    appBytes: AppLimit.CREDENTIAL,
    options: '--root-ca FILE',
  },
  cert: {
    store: 'config',
    holds: 'certificates',
    demoBytes: 1024,
    appBytes: AppLimit.CREDENTIAL,
    options: CERTIFICATE,
  },
  private_key: {
    store: 'secret',
    holds: 'private key',
    demoBytes: 1536,
    appBytes: AppLimit.CREDENTIAL,
    options: CERTIFICATE,
  },
  username: { store: 'config', holds: 'text', demoBytes: 128, appBytes: AppLimit.USER_NAME, options: PASSWORD },
  password: { store: 'secret', holds: 'text', demoBytes: 128, appBytes: AppLimit.PASSWORD, options: PASSWORD },
} as const satisfies Record<string, KeyRule>;

export type ConfigKey = keyof typeof KEYS;

export const CONFIG_KEYS = Object.keys(KEYS) as ConfigKey[];

/** The longest value that the stores accept, in characters (Unicode code points). */
export const MAX_VALUE_CHARACTERS = 4096;

/** Room in the demo application for everything that one fetch returns, in bytes of text. */
export const DEMO_RECEIVE_BYTES = 7168;

/** Certificates in one chain (SDK, MvTlsCertificateChain). */
export const MAX_CERTIFICATES = 8;

export function ruleOf(key: ConfigKey): KeyRule {
  return KEYS[key];
}

export function isConfigKey(name: string): name is ConfigKey {
  return Object.hasOwn(KEYS, name);
}
