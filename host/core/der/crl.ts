import { CertificateListRecord as R } from '../../../build/abi/core.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';
import { type DistinguishedName, dottedOid, integerHex, readCommonName, readName } from './names.js';
import { type RecordCopy, readRecord } from './signed-record.js';

/** An entry of a CRL (RFC 5280 5.1.2.6). */
export interface RevokedCertificate {
  revocationDate: Date;
  /** CRLReason (RFC 5280 5.3.1); 0, unspecified, when the entry has none. */
  reasonCode: number;
}

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

  /** Number of critical extensions of the list and its entries that are not read here (RFC 5280 5.2). */
  get unknownCriticalCount(): number {
    return this.#record.word(R.unknownCriticalCount);
  }

  /** The object identifier of the first of them. */
  get unknownCriticalOid(): string | undefined {
    const oid = this.#record.view(R.unknownCriticalOid);
    return oid && dottedOid(oid);
  }

  /**
   * The entry of a certificate from this CRL's issuer; undefined when it is not revoked.
   *
   * @param serialNumber in the form of CertificateInfo: hex digits, two for each octet of the encoding
   */
  find(serialNumber: string): RevokedCertificate | undefined {
    const serial = Buffer.from(serialNumber, 'hex');
    const list = this.#record.view(R.revokedCertificates);
    if (!list || serial.length === 0) return undefined;
    const record = scratch.reserve(R.SIZE);
    const wanted = scratch.take(serial.length);
    const entries = scratch.take(list.length);
    scratch.u8.set(serial, wanted);
    scratch.u8.set(list, entries);
    scratch.u32[(record + R.version) >> 2] = this.version;
    scratch.u32[(record + R.revokedCertificates) >> 2] = entries;
    scratch.u32[(record + R.revokedCertificatesLength) >> 2] = list.length;
    if (core.crl_find(record, wanted, serial.length) === 0) return undefined;
    return {
      revocationDate: new Date(Number(scratch.i64[(record + R.revocationDate) >> 3]) * 1000),
      reasonCode: scratch.u32[(record + R.reasonCode) >> 2],
    };
  }

  #bytes(field: number): Buffer {
    return this.#record.view(field) ?? Buffer.alloc(0);
  }
}

/**
 * Reads the DER CRL at the start of the bytes, v1 or v2 (RFC 5280 5.1). Structure and encoding are checked strictly, those of
 * every entry too; signature and dates are not.
 *
 * @throws DerError
 */
export function readCrl(der: Uint8Array): CertificateListInfo {
  return new CertificateListInfo(readRecord(core.crl_read, R.SIZE, der, 0, 'CRL'));
}
