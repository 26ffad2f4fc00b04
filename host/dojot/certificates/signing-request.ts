import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { pemOf } from '../../core/index.js';

/** A new key, and the request that it be certified (PKCS#10). */
export interface SigningRequest {
  /** PKCS#8, PEM. */
  readonly keyPem: string;
  readonly der: Buffer;
}

/** Bits. dojot's broker takes 4096, which makes each handshake several times dearer; its bridges take this. */
const KEY_LENGTH = 2048;
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/**
 * Makes a key and a request for it, as dojot's services do: RSA with SHA-256.
 *
 * @param name the common name
 * @param hosts names and addresses for subjectAltName; empty ones are left out
 */
export async function makeSigningRequest(name: string, hosts: readonly string[]): Promise<SigningRequest> {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { ...RSA, modulusLength: KEY_LENGTH, publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const names = hosts
    .filter((host) => host !== '')
    .map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: RSA,
    extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { keyPem: pemOf('PRIVATE KEY', pkcs8), der: Buffer.from(request.rawData) };
}
