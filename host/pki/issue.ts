import 'reflect-metadata';
import { createHash, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { newSerialNumber, wholeSeconds } from './certificate-fields.js';
import { CA_NAME, publicKeyDer } from './inspect.js';

/** What a certificate is for. This decides its extensions. */
export type Purpose = 'ca' | 'server' | 'device';

export interface IssueRequest {
  purpose: Purpose;
  /** the key that the certificate is for */
  key: KeyObject;
  /** the key and the DER certificate of the issuer; without it the certificate signs itself, as a CA does */
  issuer?: { key: KeyObject; certificateDer: Uint8Array };
  /** the name of the device or server, or `caName` of a CA's key */
  commonName: string;
  /** milliseconds since 1970, cut to whole seconds */
  notBefore: number;
  notAfter: number;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

/** The name of the CA with this key: as random as the key, and the same each time its certificate is issued. */
export function caName(key: KeyObject): string {
  return `${CA_NAME} ${createHash('sha256').update(publicKeyDer(key)).digest('hex').slice(0, 8)}`;
}

/** Issues a certificate (RFC 5280) and returns it as PEM text. */
export async function issue(request: IssueRequest): Promise<string> {
  x509.cryptoProvider.set(webcrypto);
  const issuer = request.issuer && new x509.X509Certificate(request.issuer.certificateDer);
  const publicKey = await webcrypto.subtle.importKey('spki', publicKeyDer(request.key), P256, true, ['verify']);
  const signer = request.issuer?.key ?? request.key;
  const signingKey = await importSigningKey(signer);
  const subject = [{ CN: [request.commonName] }];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject,
    issuer: issuer?.subject ?? subject,
    notBefore: wholeSeconds(request.notBefore),
    notAfter: wholeSeconds(request.notAfter),
    publicKey,
    signingKey,
    signingAlgorithm: SIGNATURE,
    extensions: await extensions(request.purpose, publicKey, issuer?.publicKey ?? publicKey),
  });
  return `${certificate.toString('pem')}\n`;
}

/** RFC 5280, 4.2.1: key usage and basic constraints are critical; both key identifiers are the SHA-1 of the key (4.2.1.2). */
async function extensions(purpose: Purpose, publicKey: webcrypto.CryptoKey, issuerKey: x509.PublicKeyType) {
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  const isCa = purpose === 'ca';
  const list: x509.Extension[] = [
    new x509.BasicConstraintsExtension(isCa, isCa ? 0 : undefined, true),
    new x509.KeyUsagesExtension(isCa ? keyCertSign | cRLSign : digitalSignature, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(issuerKey),
  ];
  if (purpose === 'server') {
    list.push(new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]));
    list.push(
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    );
  }
  if (purpose === 'device') list.push(new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]));
  return list;
}

async function importSigningKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, P256, false, ['sign']);
}
