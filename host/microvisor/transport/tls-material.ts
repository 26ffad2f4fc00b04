import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { rootCertificates, type SecureContextOptions } from 'node:tls';
import { pemOf, splitDer } from '../../core/index.js';
import type { TransportRequest } from './transport.js';

/** Certificates or a key that cannot be used; the message says which, and why. */
export class BadCredentials extends Error {
  override name = 'BadCredentials';
}

/**
 * What node:tls needs from DER certificates and a PKCS#8 DER key.
 * @throws BadCredentials
 */
export function tlsMaterial(request: Pick<TransportRequest, 'ca' | 'clientChain' | 'clientKey'>): SecureContextOptions {
  const ca = request.ca.flatMap((der) => splitDer(der));
  for (const [index, der] of ca.entries()) readCertificate(der, `CA certificate ${index + 1}`);
  const trust =
    ca.length > 0
      ? // An intermediate certificate is trusted without its root, as on the device.
        { ca: ca.map((der) => pemOf('CERTIFICATE', der)), allowPartialTrustChain: true }
      : mozillaRoots();
  const chain = request.clientChain.flatMap((der) => splitDer(der));
  if (chain.length === 0) return trust;
  const certificates = chain.map((der, index) => readCertificate(der, `client certificate ${index + 1}`));
  const key = readKey(request.clientKey ?? new Uint8Array(0));
  if (!certificates[0].checkPrivateKey(key)) {
    throw new BadCredentials('the private key does not belong to the client certificate');
  }
  return {
    ...trust,
    cert: chain.map((der) => pemOf('CERTIFICATE', der)).join(''),
    key: pemOf('PRIVATE KEY', request.clientKey!),
  };
}

/**
 * The Mozilla roots. All contexts share those that Node trusts by default, where it says which they are (from 22.15 on) and they are the
 * same: each other context costs 1.1 MB, and 22 ms to make.
 */
function mozillaRoots(): SecureContextOptions {
  const { getCACertificates } = tls as { getCACertificates?(type: 'default'): string[] };
  const trusted = getCACertificates?.('default');
  const bundled = new Set(rootCertificates);
  const isMozillas = trusted?.length === rootCertificates.length && trusted.every((pem) => bundled.has(pem));
  return isMozillas ? {} : { ca: [...rootCertificates] };
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
