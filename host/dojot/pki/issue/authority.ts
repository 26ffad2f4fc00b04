import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type KeyUsageName, readCertificate } from '../../../core/index.js';
import { newSerialNumber, wholeSeconds } from '../../../pki/certificate-fields.js';
import type { AuthorityProfile, CertificateProfile } from './certificate-profile.js';
import type { CheckedRequest } from './check-request.js';
import { type CrlHead, type CrlLine, writeRevocationList } from './revocation-list.js';

x509.cryptoProvider.set(webcrypto);

const DAY = 86_400_000;
/** Certificates are valid from some time in the past, for peers whose clock is behind. */
const CLOCK_SKEW = 10 * 60_000;
const SIGNATURE = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const KEY = { ...SIGNATURE, modulusLength: 3072, publicExponent: Uint8Array.of(1, 0, 1) };

/** What is kept of a CA, both in DER. */
export interface AuthorityKeys {
  certificate: Buffer;
  /** PKCS#8 */
  privateKey: Buffer;
}

/** A certificate that was made. */
export interface IssuedCertificate {
  der: Buffer;
  /** lower-case hex, without leading zeros */
  serialNumber: string;
  notAfter: Date;
}

/** A CA with its key: what is signed with it. It knows nothing of who asks and of what is kept. */
export class Authority {
  readonly certificate: Buffer;
  readonly #certificate: x509.X509Certificate;
  readonly #signingKey: webcrypto.CryptoKey;

  private constructor(certificate: Buffer, parsed: x509.X509Certificate, signingKey: webcrypto.CryptoKey) {
    this.certificate = certificate;
    this.#certificate = parsed;
    this.#signingKey = signingKey;
  }

  /** @param now milliseconds since 1970 */
  static async make(profile: AuthorityProfile, now: number): Promise<AuthorityKeys> {
    const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
    const flags = flagsOf(profile.keyUsage);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: newSerialNumber(),
      name: profile.subject.map(([type, value]) => ({ [type]: [value] })),
      notBefore: wholeSeconds(now - CLOCK_SKEW),
      notAfter: wholeSeconds(now + profile.days * DAY),
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new x509.BasicConstraintsExtension(true, profile.pathLength, true),
        new x509.KeyUsagesExtension(flags, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    return { certificate: Buffer.from(certificate.rawData), privateKey };
  }

  static async of({ certificate, privateKey }: AuthorityKeys): Promise<Authority> {
    const signingKey = await webcrypto.subtle.importKey('pkcs8', privateKey, SIGNATURE, false, ['sign']);
    return new Authority(certificate, new x509.X509Certificate(certificate), signingKey);
  }

  /**
   * Issues a certificate (RFC 5280) for a request that was checked.
   *
   * @param commonName whom it is for
   * @param now milliseconds since 1970
   */
  async issue(
    request: CheckedRequest,
    commonName: string,
    profile: CertificateProfile,
    now: number,
  ): Promise<IssuedCertificate> {
    const serialNumber = newSerialNumber();
    const end = Math.min(now + profile.days * DAY, this.#certificate.notAfter.getTime());
    const notAfter = wholeSeconds(end);
    const publicKey = new x509.PublicKey(request.subjectPublicKeyInfo);
    const { organization } = profile;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber,
      subject: [{ CN: [commonName] }, ...(organization === undefined ? [] : [{ O: [organization] }])],
      issuer: this.#certificate.subjectName,
      notBefore: wholeSeconds(Math.max(now - CLOCK_SKEW, this.#certificate.notBefore.getTime())),
      notAfter,
      publicKey,
      signingKey: this.#signingKey,
      signingAlgorithm: SIGNATURE,
      extensions: await this.#extensions(request, profile, publicKey),
    });
    return { der: Buffer.from(certificate.rawData), serialNumber, notAfter };
  }

  /** A CRL (RFC 5280 5) in DER. @param head what of it the CA does not know */
  revocationList(
    lines: readonly CrlLine[],
    head: Pick<CrlHead, 'number' | 'thisUpdate' | 'nextUpdate'>,
  ): Promise<Buffer> {
    const { subjectRaw, subjectKeyIdentifier = Buffer.alloc(0) } = readCertificate(this.certificate);
    const sign = (tbs: Uint8Array) => webcrypto.subtle.sign(SIGNATURE.name, this.#signingKey, tbs);
    return writeRevocationList({ ...head, issuer: subjectRaw, keyIdentifier: subjectKeyIdentifier }, lines, sign);
  }

  async #extensions(
    { keyUsage, subjectAltName }: CheckedRequest,
    profile: CertificateProfile,
    publicKey: x509.PublicKey,
  ): Promise<x509.Extension[]> {
    const { basicConstraintsCritical, keyUsageCritical, extKeyUsage } = profile;
    return [
      new x509.BasicConstraintsExtension(false, undefined, basicConstraintsCritical),
      new x509.KeyUsagesExtension(flagsOf(keyUsage ?? profile.keyUsage), keyUsageCritical),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ...(extKeyUsage.length > 0 ? [new x509.ExtendedKeyUsageExtension([...extKeyUsage])] : []),
      ...(subjectAltName ? [new x509.Extension(subjectAltName.oid, false, subjectAltName.value)] : []),
    ];
  }
}

function flagsOf(names: readonly KeyUsageName[]): x509.KeyUsageFlags {
  let flags = 0;
  for (const name of names) flags |= x509.KeyUsageFlags[name];
  return flags as x509.KeyUsageFlags;
}
