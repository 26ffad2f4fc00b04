import { createPrivateKey } from 'node:crypto';
import { Authority } from '../../interop/authority.js';

const KEYS = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  ec: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  ed25519: ['-algorithm', 'ED25519'],
};

/** NAME.key, NAME.der (PKCS#8) and NAME.pub of each kind, as openssl writes them. */
export function makeKeys(): Authority {
  const pki = new Authority('Root');
  for (const [name, options] of Object.entries(KEYS)) {
    pki.openssl('genpkey', ...options, '-out', `${name}.key`);
    pki.openssl('pkcs8', '-topk8', '-nocrypt', '-in', `${name}.key`, '-outform', 'der', '-out', `${name}.der`);
    pki.openssl('pkey', '-in', `${name}.key`, '-pubout', '-outform', 'der', '-out', `${name}.pub`);
  }
  return pki;
}

/** A DER element. */
export function element(tag: number, ...content: Uint8Array[]): Buffer {
  const inside = Buffer.concat(content);
  const { length } = inside;
  const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...octets]), inside]);
}

export const hex = (text: string) => Buffer.from(text, 'hex');
const RSA_WITHOUT_NULL = element(0x30, hex('06092a864886f70d010101'));
export const EC_P256 = element(0x30, hex('06072a8648ce3d0201'), hex('06082a8648ce3d030107'));
export const ED25519 = element(0x30, hex('06032b6570'));
export const V1 = hex('020100');
export const V2 = hex('020101');

/** Ed25519 with the public key (RFC 5958 2), as some libraries write it. */
export function ed25519Version2(pki: Authority): Buffer {
  const seed = pki.read('ed25519.der').subarray(-32);
  const publicKey = pki.read('ed25519.pub').subarray(-32);
  return element(0x30, V2, ED25519, element(0x04, element(0x04, seed)), element(0x81, Buffer.of(0), publicKey));
}

/** The same with an attribute, a friendlyName (RFC 2985 5.5.1), in place of the public key. */
export function ed25519WithAttributes(pki: Authority): Buffer {
  const attribute = element(0x30, hex('06092a864886f70d010914'), element(0x31, hex('1e020061')));
  const seed = pki.read('ed25519.der').subarray(-32);
  return element(0x30, V2, ED25519, element(0x04, element(0x04, seed)), element(0xa0, attribute));
}

export function rsaWithoutNull(pki: Authority): Buffer {
  const key = createPrivateKey(pki.read('rsa.key')).export({ type: 'pkcs1', format: 'der' });
  return element(0x30, V1, RSA_WITHOUT_NULL, element(0x04, key));
}

/** A scalar with a leading zero, and the PKCS#8 key that has it without. */
export const SMALL = hex(`00${'5a'.repeat(31)}`);
const ecScalar = (scalar: Buffer) => element(0x30, hex('020101'), element(0x04, scalar));
export const ecKey = (scalar: Buffer) => element(0x30, V1, EC_P256, element(0x04, ecScalar(scalar)));

export const pem = (label: string, der: Buffer) =>
  `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;
