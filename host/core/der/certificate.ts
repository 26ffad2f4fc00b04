import { KeyUsage, CertificateRecord as R } from '../../../build/abi/core.js';
import { hexText } from '../bytes/strings.js';
import { NOTHING } from '../bytes/views.js';
import { core } from '../engine/core.js';
import {
  type DistinguishedName,
  dottedOid,
  type Extension,
  elementsOf,
  firstDistributionUri,
  type GeneralName,
  integerHex,
  readCommonName,
  readExtensions,
  readGeneralNames,
  readName,
} from './names.js';
import {
  type EllipticCurve,
  type PublicKeyAlgorithm,
  type RecordCopy,
  readRecord,
  uncheckedOfKey,
} from './signed-record.js';

/** The names of keyUsage (RFC 5280 4.2.1.3). */
export type KeyUsageName =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

const USAGES: readonly (readonly [KeyUsageName, number])[] = [
  ['digitalSignature', KeyUsage.DIGITAL_SIGNATURE],
  ['nonRepudiation', KeyUsage.NON_REPUDIATION],
  ['keyEncipherment', KeyUsage.KEY_ENCIPHERMENT],
  ['dataEncipherment', KeyUsage.DATA_ENCIPHERMENT],
  ['keyAgreement', KeyUsage.KEY_AGREEMENT],
  ['keyCertSign', KeyUsage.KEY_CERT_SIGN],
  ['cRLSign', KeyUsage.CRL_SIGN],
  ['encipherOnly', KeyUsage.ENCIPHER_ONLY],
  ['decipherOnly', KeyUsage.DECIPHER_ONLY],
];

/**
 * What a certificate and a request have in common: a subject, a key and extensions. Fields are made from the bytes on
 * demand; the object owns the bytes.
 */
class Subject {
  protected readonly record: RecordCopy;

  constructor(record: RecordCopy) {
    this.record = record;
  }

  /** The whole DER. */
  get raw(): Buffer {
    return this.record.bytes;
  }

  /** Length of the DER, bytes: in a chain, the offset of the next certificate. */
  get length(): number {
    return this.record.bytes.length;
  }

  /** 1, 2 or 3. */
  get version(): number {
    return this.record.word(R.version);
  }

  /** Object identifier of the signature algorithm in dotted form (RFC 5280 4.1.1.2). */
  get signatureAlgorithm(): string {
    return dottedOid(this.bytes(R.signatureAlgorithm));
  }

  /** The octets of the signature. */
  get signature(): Buffer {
    return this.bytes(R.signature);
  }

  /** The element that was signed. */
  get tbs(): Buffer {
    return this.bytes(R.tbs);
  }

  get subject(): DistinguishedName {
    return readName(this.record, R.subject);
  }

  /** The last and so most specific common name; undefined when there is none. */
  get subjectCN(): string | undefined {
    return readCommonName(this.record, R.subject);
  }

  /** The Name element of the subject. */
  get subjectRaw(): Buffer {
    return this.bytes(R.subject);
  }

  get publicKeyAlgorithm(): PublicKeyAlgorithm {
    return this.record.algorithm;
  }

  /** Object identifier of the key's algorithm in dotted form, also of one that has no name here. */
  get publicKeyAlgorithmOid(): string {
    return dottedOid(this.bytes(R.algorithmOid));
  }

  /** What of the key is not checked, as a sentence; undefined when its shape is checked whole. */
  get publicKeyUnchecked(): string | undefined {
    return uncheckedOfKey(this.record.algorithm, this.record.curve);
  }

  /** RSA: bits of the modulus; EC: bits of the field; Ed25519: 256; 0 for other algorithms and curves. */
  get publicKeyBits(): number {
    return this.record.word(R.bits);
  }

  /** Undefined for other algorithms and curves. */
  get publicKeyCurve(): EllipticCurve | undefined {
    return this.record.curve;
  }

  /** RSA only. */
  get publicKeyExponent(): bigint | undefined {
    const exponent = this.record.view(R.exponent);
    return exponent && BigInt(`0x${hexText(exponent)}`);
  }

  /** The whole element, which node:crypto imports as type spki. */
  get subjectPublicKeyInfo(): Buffer {
    return this.bytes(R.subjectPublicKeyInfo);
  }

  /** The content of the list of extensions; undefined for none. */
  get extensionsRaw(): Buffer | undefined {
    return this.record.view(R.extensions);
  }

  /** All extensions in their order, also those that are not read here. */
  get extensions(): Extension[] {
    return readExtensions(this.extensionsRaw);
  }

  /** basicConstraints: whether this is a CA. */
  get ca(): boolean {
    return this.record.word(R.ca) !== 0;
  }

  /** basicConstraints: how many CAs may follow; undefined for no limit, or when this is not a CA. */
  get pathLenConstraint(): number | undefined {
    const length = this.record.word(R.pathLenConstraint) | 0;
    return this.ca && length >= 0 ? length : undefined;
  }

  /** Undefined when the extension is absent, which allows every use. */
  get keyUsage(): KeyUsageName[] | undefined {
    const bits = this.record.word(R.keyUsage);
    return bits === 0 ? undefined : USAGES.filter(([, bit]) => bits & bit).map(([name]) => name);
  }

  /** Object identifiers in dotted form; undefined when the extension is absent. */
  get extKeyUsage(): string[] | undefined {
    const list = this.record.view(R.extKeyUsage);
    return list && Array.from(elementsOf(list), ({ content }) => dottedOid(content));
  }

  /** DNS names, URIs, e-mail and IP addresses, in order; empty when there are none. */
  get subjectAltName(): GeneralName[] {
    return readGeneralNames(this.record.view(R.subjectAltName));
  }

  get subjectKeyIdentifier(): Buffer | undefined {
    return this.record.view(R.subjectKeyIdentifier);
  }

  /** The first URI from which the CRL can be fetched. */
  get crlDistributionPoint(): string | undefined {
    return firstDistributionUri(this.record.view(R.crlDistributionPoints));
  }

  /**
   * Number of critical extensions that are not read here, or of which only the syntax is checked (issuerAltName). Whoever relies on
   * the certificate must handle them (RFC 5280 4.2).
   */
  get unknownCriticalCount(): number {
    return this.record.word(R.unknownCriticalCount);
  }

  /** The object identifier of the first of them. */
  get unknownCriticalOid(): string | undefined {
    const oid = this.record.view(R.unknownCriticalOid);
    return oid && dottedOid(oid);
  }

  protected bytes(field: number): Buffer {
    return this.record.view(field) ?? NOTHING;
  }
}

/** The fields of a certificate (RFC 5280 4.1); see readCertificate. */
export class CertificateInfo extends Subject {
  /**
   * Upper-case hex digits, two for each octet of the encoding. RFC 5280 4.1.2.2 asks readers to handle a negative number too: a
   * minus, and the digits of its absolute value.
   */
  get serialNumber(): string {
    return integerHex(this.serialNumberContent);
  }

  /** The content of the INTEGER: two's complement, 1 to 21 octets. */
  get serialNumberContent(): Buffer {
    return this.bytes(R.serialNumber);
  }

  get issuer(): DistinguishedName {
    return readName(this.record, R.issuer);
  }

  get issuerCN(): string | undefined {
    return readCommonName(this.record, R.issuer);
  }

  /** The Name element of the issuer. */
  get issuerRaw(): Buffer {
    return this.bytes(R.issuer);
  }

  get notBefore(): Date {
    return this.record.date(R.notBefore);
  }

  get notAfter(): Date {
    return this.record.date(R.notAfter);
  }

  /** Octets of keyIdentifier. */
  get authorityKeyIdentifier(): Buffer | undefined {
    return this.record.view(R.authorityKeyIdentifier);
  }
}

/** The fields of a certification request (RFC 2986 4); see readCertificateRequest. Its extensions are the requested ones. */
export class CertificateRequestInfo extends Subject {}

/**
 * Reads the DER certificate at the start of the bytes, X.509 v1 to v3 (RFC 5280 4.1). Structure and encoding are checked
 * strictly, trust and dates are not. Bytes after the certificate are ignored: they begin at `length`. readCertificates reads
 * all certificates.
 *
 * @throws DerError with the result code, its clause and the offset
 *
 * @example
 * ```ts
 * import { X509Certificate } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { type CertificateInfo, type DistinguishedName, type KeyUsageName, readCertificate, readCertificates } from 'wasmqtt';
 *
 * const { raw } = new X509Certificate(readFileSync('device.pem'));
 * const certificate: CertificateInfo = readCertificate(raw);
 * const subject: DistinguishedName = certificate.subject;
 * const usages: KeyUsageName[] | undefined = certificate.keyUsage;
 * [subject.commonName?.length, usages]; // => [ 34, [ 'digitalSignature' ] ]
 * readCertificates(Buffer.concat([raw, raw])).length; // => 2
 * ```
 */
export function readCertificate(der: Uint8Array): CertificateInfo {
  return new CertificateInfo(readRecord(core.x509_read, R.SIZE, der, 0, 'certificate'));
}

/**
 * Reads a chain: one or more DER certificates, one directly after the other, and nothing else.
 *
 * @throws DerError for the first one that is wrong; its offset is in the whole chain
 */
export function readCertificates(der: Uint8Array): CertificateInfo[] {
  const found: CertificateInfo[] = [];
  let offset = 0;
  do {
    const certificate = new CertificateInfo(readRecord(core.x509_read, R.SIZE, der, offset, 'certificate'));
    found.push(certificate);
    offset += certificate.length;
  } while (offset < der.length);
  return found;
}

/**
 * Reads the DER certification request (PKCS#10, RFC 2986) at the start of the bytes, strictly. Its signature is not verified.
 *
 * @throws DerError
 */
export function readCertificateRequest(der: Uint8Array): CertificateRequestInfo {
  return new CertificateRequestInfo(readRecord(core.csr_read, R.SIZE, der, 0, 'certification request'));
}
