import { CertificateListRecord as R } from '../../../build/abi/core.js';
import { isBytes } from '../bytes/check-arguments.js';
import { isSame, NOTHING } from '../bytes/views.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';
import { CertificateInfo } from './certificate.js';
import { type IssuingDistributionPoint, readIssuingDistributionPoint } from './crl-scope.js';
import { type DistinguishedName, dottedOid, integerHex, readCommonName, readName } from './names.js';
import { type SerialNumber, serialOctets, withoutPositive } from './serial-number.js';
import { type RecordCopy, readRecord } from './signed-record.js';

/** An entry of a CRL (RFC 5280 5.1.2.6). */
export interface RevokedCertificate {
  revocationDate: Date;
  /** CRLReason (RFC 5280 5.3.1); 0, unspecified, when the entry has none. */
  reasonCode: number;
  /** Only in the entry of a delta CRL with reason 8: the certificate is not revoked any more. */
  removeFromCRL?: true;
}

/** CRLReason of a certificate that a delta CRL takes off the list (RFC 5280 5.3.1). */
const REMOVE_FROM_CRL = 8;

/** A CRL (RFC 5280 5.1); see readCrl. The object owns the bytes and makes no list of the entries. */
export class CertificateListInfo {
  readonly #record: RecordCopy;

  constructor(record: RecordCopy) {
    this.#record = record;
  }

  /** The whole DER. */
  get raw(): Buffer {
    return this.#record.bytes;
  }

  /** Length of the DER, bytes. */
  get length(): number {
    return this.#record.bytes.length;
  }

  /** 1 or 2. */
  get version(): number {
    return this.#record.word(R.version);
  }

  /** Object identifier in dotted form. */
  get signatureAlgorithm(): string {
    return dottedOid(this.#bytes(R.signatureAlgorithm));
  }

  /** The octets of the signature. */
  get signature(): Buffer {
    return this.#bytes(R.signature);
  }

  /** The element that was signed. */
  get tbs(): Buffer {
    return this.#bytes(R.tbs);
  }

  get issuer(): DistinguishedName {
    return readName(this.#record, R.issuer);
  }

  get issuerCN(): string | undefined {
    return readCommonName(this.#record, R.issuer);
  }

  /** The Name element of the issuer. */
  get issuerRaw(): Buffer {
    return this.#bytes(R.issuer);
  }

  get thisUpdate(): Date {
    return this.#record.date(R.thisUpdate);
  }

  get nextUpdate(): Date | undefined {
    const isTold = this.#record.word(R.nextUpdate) !== 0 || this.#record.word(R.nextUpdate + 4) !== 0;
    return isTold ? this.#record.date(R.nextUpdate) : undefined;
  }

  /** Upper-case hex digits. */
  get crlNumber(): string | undefined {
    const number = this.#record.view(R.crlNumber);
    return number && integerHex(number);
  }

  /** Octets of keyIdentifier. */
  get authorityKeyIdentifier(): Buffer | undefined {
    return this.#record.view(R.authorityKeyIdentifier);
  }

  /**
   * The crlNumber of the list to which this one, a delta CRL, is the difference (RFC 5280 5.2.4), in upper-case hex digits;
   * undefined for a whole list.
   */
  get deltaCRLIndicator(): string | undefined {
    const base = this.#record.view(R.baseCrlNumber);
    return base && integerHex(base);
  }

  /** What the list is about, when that is not every certificate of its issuer (RFC 5280 5.2.5). */
  get issuingDistributionPoint(): IssuingDistributionPoint | undefined {
    const content = this.#record.view(R.issuingDistributionPoint);
    return content && readIssuingDistributionPoint(content);
  }

  /** Whether the list is also about certificates of other issuers: it says so, or an entry names one (RFC 5280 5.3.3). */
  get isIndirect(): boolean {
    return this.#record.word(R.indirect) !== 0 || this.issuingDistributionPoint?.indirectCRL === true;
  }

  /**
   * Whether a certificate of the issuer without an entry is not revoked, as of thisUpdate. False for a delta CRL, an indirect one,
   * one with an issuingDistributionPoint, and one with a critical extension that is left to the caller.
   */
  get isComplete(): boolean {
    const narrows = [R.unknownCriticalCount, R.baseCrlNumber, R.issuingDistributionPoint, R.indirect];
    return narrows.every((field) => this.#record.word(field) === 0);
  }

  /**
   * Number of critical extensions of the list and its entries that are left to the caller (RFC 5280 5.2): those that are not read
   * here, those of which only the syntax is checked, deltaCRLIndicator and issuingDistributionPoint.
   */
  get unknownCriticalCount(): number {
    return this.#record.word(R.unknownCriticalCount);
  }

  /** The object identifier of the first of them. */
  get unknownCriticalOid(): string | undefined {
    const oid = this.#record.view(R.unknownCriticalOid);
    return oid && dottedOid(oid);
  }

  /**
   * The entry of a certificate. Undefined when there is none, which means that the certificate is not revoked only where
   * `isComplete` is true. Of several entries for one certificate the first is found.
   *
   * @param serialNumber is compared as an integer, whatever its form. Digits or octets that begin with a set bit, without a zero
   * before it, also name the negative number that they are the encoding of.
   * @param issuer the Name element of the certificate's issuer, such as `issuerRaw` of the certificate; without it that of the
   * certificate, or else of the list. Names are the same when their octets are (RFC 5280 5.3.3).
   * @throws RangeError for text that is not hex, and for an issuer that this list says nothing about; TypeError for other types
   */
  find(serialNumber: SerialNumber, issuer?: Uint8Array): RevokedCertificate | undefined {
    const { octets, isNegative } = serialOctets(serialNumber);
    const certificateIssuer =
      issuer ?? (serialNumber instanceof CertificateInfo ? serialNumber.issuerRaw : this.issuerRaw);
    if (!isBytes(certificateIssuer)) throw new TypeError('issuer must be a Uint8Array, the Name element of the issuer');
    if (!this.isIndirect && !isSame(this.issuerRaw, certificateIssuer)) {
      throw new RangeError(
        `this CRL of ${JSON.stringify(this.issuerCN ?? 'an issuer without a common name')} says nothing about certificates of ` +
          'another issuer: give the CRL of that one, or the serial number alone if it is the same CA',
      );
    }
    const list = this.#record.view(R.revokedCertificates);
    return list && this.#search(isNegative ? withoutPositive(list, octets) : list, octets, certificateIssuer);
  }

  #search(list: Buffer, serial: Uint8Array, certificateIssuer: Uint8Array): RevokedCertificate | undefined {
    const record = scratch.reserve(R.SIZE);
    const wanted = scratch.take(serial.length);
    scratch.u8.set(serial, wanted);
    scratch.u32[(record + R.version) >> 2] = this.version;
    scratch.u32[(record + R.indirect) >> 2] = this.#record.word(R.indirect);
    this.#put(record + R.issuer, this.issuerRaw);
    this.#put(record + R.certificateIssuer, certificateIssuer);
    this.#put(record + R.revokedCertificates, list);
    if (core.crl_find(record, wanted, serial.length) === 0) return undefined;
    const reasonCode = scratch.u32[(record + R.reasonCode) >> 2];
    return {
      revocationDate: new Date(Number(scratch.i64[(record + R.revocationDate) >> 3]) * 1000),
      reasonCode,
      ...(reasonCode === REMOVE_FROM_CRL && { removeFromCRL: true }),
    };
  }

  /** Copies bytes to the core, and their place to a field of the record there. */
  #put(field: number, bytes: Uint8Array): void {
    const at = scratch.take(bytes.length);
    scratch.u8.set(bytes, at);
    scratch.u32[field >> 2] = at;
    scratch.u32[(field >> 2) + 1] = bytes.length;
  }

  #bytes(field: number): Buffer {
    return this.#record.view(field) ?? NOTHING;
  }
}

/**
 * Reads the DER CRL at the start of the bytes, v1 or v2 (RFC 5280 5.1). Structure and encoding are checked strictly, those of
 * every entry too; signature and dates are not.
 *
 * @throws DerError
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import {
 *   type CertificateListInfo, type IssuingDistributionPoint, type RevocationReason, type RevokedCertificate, readCrl,
 *   type SerialNumber,
 * } from 'wasmqtt';
 *
 * const list: CertificateListInfo = readCrl(readFileSync('crl.der'));
 * const about: IssuingDistributionPoint | undefined = list.issuingDistributionPoint;
 * const reasons: RevocationReason[] | undefined = about?.onlySomeReasons;
 * const serial: SerialNumber = '0a';
 * const entry: RevokedCertificate | undefined = list.find(serial);
 * [list.issuerCN, about, reasons, entry]; // => [ 'ca', undefined, undefined, undefined ]
 * ```
 */
export function readCrl(der: Uint8Array): CertificateListInfo {
  return new CertificateListInfo(readRecord(core.crl_read, R.SIZE, der, 0, 'CRL'));
}
