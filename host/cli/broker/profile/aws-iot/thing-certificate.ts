import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ensureNamedDevice, ensurePki } from '../../../../pki/index.js';
import type { AwsIotFlags } from './aws-iot-flags.js';

/** The certificate of `--thing` in the development PKI. */
export interface ThingCertificate {
  /** Of the thing. */
  readonly name: string;
  /** SHA-256 of the certificate, hex: AWS's id of it. */
  readonly id: string;
  /** Files, PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

/**
 * Makes it, unless the thing has certificates of its own. A device SID has the certificate with which `wasmqtt run` connects.
 *
 * @throws PkiError
 */
export async function thingCertificate(options: AwsIotFlags): Promise<ThingCertificate | undefined> {
  const { thing: name, certificateFiles, pki } = options;
  if (name === undefined || certificateFiles.length > 0) return undefined;
  const { der, certificate, key } = await made(pki, name);
  const id = createHash('sha256').update(der).digest('hex');
  return { name, id, certificate, key, ca: join(pki, 'ca.pem') };
}

async function made(pki: string, name: string): Promise<{ der: Uint8Array; certificate: string; key: string }> {
  if (/^UV[0-9a-f]{32}$/.test(name)) {
    const { device } = await ensurePki(pki, { deviceSid: name });
    const path = (kind: string) => join(pki, `device-${name}.${kind}`);
    return { der: device.certificateDer, certificate: path('pem'), key: path('key') };
  }
  const device = await ensureNamedDevice(pki, name);
  return { der: device.certificateDer, certificate: device.certificateFile, key: device.keyFile };
}
