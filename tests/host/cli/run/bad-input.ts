import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Authority } from '../../../interop/authority.js';
import { Mosquitto, type MosquittoOptions } from '../../../interop/mosquitto.js';
import { freePort } from '../../../interop/temporary.js';
import { BadRun, makeCredentials, type Values } from './bad-run.js';

export type Wrong = Record<string, string | undefined>;

export let pki: Authority;
export let rig: BadRun;
export let broker: Mosquitto | undefined;

beforeAll(() => {
  pki = makeCredentials();
});

afterAll(() => pki[Symbol.dispose]());

beforeEach(() => {
  rig = new BadRun();
});

afterEach(async () => {
  rig[Symbol.dispose]();
  await broker?.remove();
  broker = undefined;
});

export const hex = (name: string) => pki.hex(name);
export const pem = (name: string) => pki.read(name).toString('latin1');
export const base64 = (name: string) => pki.read(name).toString('base64');

export async function mosquitto(options: MosquittoOptions): Promise<void> {
  broker = await Mosquitto.start(pki, options);
}

/** The port of mosquitto, if it runs, else one where nothing listens. */
export async function port(): Promise<string> {
  return `${broker?.port ?? (await freePort())}`;
}

/** Runs from a store with good values, except for these. @returns the sentence with which the run fails */
export async function fromStore(wrong: Wrong, args: string[] = []): Promise<string> {
  const values: Wrong = {
    'broker-host': 'localhost',
    'broker-port': await port(),
    'root-CA': hex('ca.der'),
    cert: hex('device.der'),
    private_key: hex('device.key.der'),
    ...wrong,
  };
  await rig.fill(defined(values));
  return rig.fail(args);
}

/** Runs with options; the store has another broker. @returns the sentence with which the run fails */
export async function fromOptions(wrong: Wrong): Promise<string> {
  const options: Wrong = {
    '--broker-host': 'localhost',
    '--broker-port': await port(),
    '--root-ca': pki.path('ca.pem'),
    '--cert': pki.path('device.pem'),
    '--key': pki.path('device.key'),
    ...wrong,
  };
  await rig.fill({ 'broker-host': 'kept.invalid' });
  return rig.fail(Object.entries(defined(options)).flat());
}

export function defined(values: Wrong): Values {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

export const HEXDUMP = /; store the hex digits of the DER file and nothing else: hexdump -v -e '1\/1 "%02x"' FILE$/;
export const CONVERT_CERTIFICATE =
  /; convert it with openssl x509 -in FILE -outform der .*hexdump -v -e '1\/1 "%02x"' FILE.der$/;
export const CONVERT_KEY =
  /; convert it with openssl pkcs8 -topk8 -nocrypt -in FILE -outform der .*hexdump .* FILE.der$/;
