import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

export type Algorithm = webcrypto.RsaHashedKeyGenParams | (webcrypto.EcKeyGenParams & { hash: string });

export const EC: Algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
export const rsa = (modulusLength: number, hash = 'SHA-256'): Algorithm => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash,
});

const made = new Map<string, Promise<webcrypto.CryptoKeyPair>>();

/** A key pair; one of each kind is made. */
export function keysOf(algorithm: Algorithm): Promise<webcrypto.CryptoKeyPair> {
  const kind = JSON.stringify(algorithm);
  const keys =
    made.get(kind) ??
    (webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>);
  made.set(kind, keys);
  return keys;
}

export interface RequestOptions {
  algorithm?: Algorithm;
  /** default the common name alone */
  subject?: x509.JsonName;
  extensions?: x509.Extension[];
}

/** A certification request in DER, which is signed with its own key. */
export async function requestFor(name: string, options: RequestOptions = {}): Promise<Buffer> {
  const { algorithm = EC, subject = [{ CN: [name] }], extensions = [] } = options;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys: await keysOf(algorithm),
    signingAlgorithm: algorithm as unknown as webcrypto.EcdsaParams,
    extensions,
  });
  return Buffer.from(request.rawData);
}

export { x509 };
