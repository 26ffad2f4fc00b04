import type { KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateInfo } from '../../core/index.js';

/** A certificate that TLS is to use: as OpenSSL reads it, and as the core does, if it keeps to DER. */
export interface TlsCertificate {
  x509: X509Certificate;
  info?: CertificateInfo;
}

/** id-kp-clientAuth, id-kp-serverAuth and anyExtendedKeyUsage (RFC 5280 4.2.1.12). */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

/** Curves that TLS 1.3 has a signature scheme for (RFC 8446 4.2.3), as OpenSSL names them. */
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Signature algorithms whose digest is broken (RFC 3279 2.2; TLS: RFC 9155). */
const WEAK_DIGESTS: Record<string, string> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.3': 'MD4',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.3.14.3.2.29': 'SHA-1',
  '1.2.840.10040.4.3': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
};

/** RSA and DSA keys below this are refused by the TLS of this program. */
export const SMALLEST_RSA = 1024;
/** Those below this are refused by many brokers. */
export const USUAL_RSA = 2048;

/** The curve of an EC key that TLS 1.3 has no signature scheme for: secp256k1, brainpool, P-224. */
export function curveWithoutScheme({ x509 }: TlsCertificate): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = publicKeyOf(x509) ?? {};
  if (asymmetricKeyType !== 'ec') return undefined;
  const curve = asymmetricKeyDetails?.namedCurve ?? 'unnamed';
  return CURVES.includes(curve) ? undefined : curve;
}

/** The bits of an RSA or DSA key; undefined for others. */
export function modulusBits({ x509 }: TlsCertificate): number | undefined {
  return publicKeyOf(x509)?.asymmetricKeyDetails?.modulusLength;
}

/** The broken digest in the signature; undefined for a good one, and where no one checks it: a certificate that signs itself. */
export function weakDigest({ x509, info }: TlsCertificate): string | undefined {
  return x509.checkIssued(x509) ? undefined : WEAK_DIGESTS[info?.signatureAlgorithm ?? ''];
}

/** Whether the key may not sign a handshake: keyUsage is there, without digitalSignature (RFC 8446 4.4.2.2, RFC 5280 4.2.1.3). */
export function lacksDigitalSignature({ info }: TlsCertificate): boolean {
  return info?.keyUsage?.includes('digitalSignature') === false;
}

/** Whether extendedKeyUsage allows TLS clients; without the extension everything is allowed. */
export function isForClients({ x509 }: TlsCertificate): boolean {
  return allows(x509, CLIENT_AUTH);
}

/** Whether extendedKeyUsage allows TLS servers. */
export function isForServers({ x509 }: TlsCertificate): boolean {
  return allows(x509, SERVER_AUTH);
}

/** Whether the certificate bears the name of its issuer and yet is not signed with its own key. */
export function isNamedAsIssuer({ x509 }: TlsCertificate): boolean {
  return x509.subject === x509.issuer && !isSignedBy(x509, x509);
}

/** Whether the key of a certificate made the signature of another; false as well for a key that OpenSSL cannot use. */
export function isSignedBy(x509: X509Certificate, signer: X509Certificate): boolean {
  try {
    return x509.verify(signer.publicKey);
  } catch {
    return false;
  }
}

/** Undefined for a key of a kind that OpenSSL does not know. */
function publicKeyOf(x509: X509Certificate): KeyObject | undefined {
  try {
    return x509.publicKey;
  } catch {
    return undefined;
  }
}

function allows(x509: X509Certificate, wanted: string): boolean {
  const usages = x509.keyUsage as string[] | undefined;
  return usages === undefined || usages.includes(wanted) || usages.includes(ANY_USAGE);
}
