import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates, type SecureContextOptions } from 'node:tls';
import type { TransportRequest } from './transport.js';

/** Certificates or a key that cannot be used; the message says which, and why. */
export class BadCredentials extends Error {
  override name = 'BadCredentials';
}

const pem = (label: string, der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};

/**
 * What node:tls needs from DER certificates and a PKCS#8 DER key.
 * @throws BadCredentials
 */
export function tlsMaterial(request: TransportRequest): SecureContextOptions {
  const ca = request.ca.flatMap((der) => splitDer(der));
  for (const [index, der] of ca.entries()) readCertificate(der, `CA certificate ${index + 1}`);
  const trust =
    ca.length > 0
      ? // An intermediate certificate is trusted without its root, as on the device.
        { ca: ca.map((der) => pem('CERTIFICATE', der)), allowPartialTrustChain: true }
      : { ca: [...rootCertificates] };
  const chain = request.clientChain.flatMap((der) => splitDer(der));
  if (chain.length === 0) return trust;
  const certificates = chain.map((der, index) => readCertificate(der, `client certificate ${index + 1}`));
  const key = readKey(request.clientKey ?? new Uint8Array(0));
  if (!certificates[0].checkPrivateKey(key)) {
    throw new BadCredentials('the private key does not belong to the client certificate');
  }
  return {
    ...trust,
    cert: chain.map((der) => pem('CERTIFICATE', der)).join(''),
    key: pem('PRIVATE KEY', request.clientKey!),
  };
}

function readCertificate(der: Uint8Array, what: string): X509Certificate {
  try {
    // Node would read PEM too; a device takes DER only.
    if (der[0] !== 0x30) throw new Error('it does not begin with a DER SEQUENCE');
    return new X509Certificate(der);
  } catch (error) {
    throw new BadCredentials(`${what} is not a DER certificate: ${(error as Error).message}`);
  }
}

function readKey(der: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch (error) {
    throw new BadCredentials(`the private key is not a PKCS#8 DER key: ${(error as Error).message}`);
  }
}

/**
 * Splits DER values that follow each other (a `.der` chain) by their lengths, X.690 section 8.1.3. Bytes that cannot be
 * split are returned as one part, for the certificate reader to refuse.
 */
export function splitDer(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const size = elementSize(bytes.subarray(offset));
    if (size === undefined) return [bytes];
    parts.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return parts.length > 0 ? parts : [bytes];
}

/** Bytes of the element at the start, with its header; undefined when it is incomplete. */
function elementSize(bytes: Uint8Array): number | undefined {
  const first = bytes[1];
  if (first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || bytes.length < 2 + lengthBytes) return undefined;
  let size = first < 0x80 ? first : 0;
  for (let index = 0; index < lengthBytes; index++) size = size * 256 + bytes[2 + index];
  const total = 2 + lengthBytes + size;
  return total <= bytes.length ? total : undefined;
}
