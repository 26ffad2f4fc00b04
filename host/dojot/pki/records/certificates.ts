import { createHash, randomBytes } from 'node:crypto';
import { AGAIN, attempts } from '../../../cloud/store/attempts.js';
import type { Engine, EngineRecord, RecordChange } from '../../../cloud/store/engine/engine.js';
import { everyRecord } from '../../../cloud/store/list-page.js';
import { readRecord, writeRecord } from '../../../cloud/store/record-json.js';
import type { IssuedCertificate } from '../issue/authority.js';
import { isHold, REVERSALS, type ReasonCode } from './revocation-reasons.js';

/** Who has a certificate, as x509-identity-mgmt says it. */
export interface BelongsTo {
  device?: string;
  application?: string;
}

/** A certificate that was issued here. */
export interface StoredCertificate {
  caName: string;
  /** lower-case hex, without leading zeros */
  serialNumber: string;
  /** `tenant:device`, or the name of a service */
  entity: string;
  /** empty for a service */
  tenant: string;
  /** SHA-256, upper-case hex with colons */
  fingerprint: string;
  der: Buffer;
  dateIssued: Date;
  notAfter: Date;
  belongsTo: BelongsTo;
  revoked?: { date: Date; reason: ReasonCode };
}

/** As it is kept: dates are milliseconds since 1970, the certificate base64 of its DER. */
interface CertificateRecord {
  entity: string;
  tenant: string;
  fingerprint: string;
  certificate: string;
  issued: number;
  notAfter: number;
  belongsTo: BelongsTo;
  revoked?: { at: number; reason: ReasonCode };
}

/** What stands in CRLs. */
export interface RevokedRecord {
  at: number;
  reason: ReasonCode;
  notAfter: number;
}

/** How {@link Certificates.revoke} ended. */
export type Revocation = 'done' | 'unknown' | 'already-revoked' | 'not-on-hold';

/** The certificates of a store. Methods reject with StoreError as an `Engine` does. */
export class Certificates {
  readonly #engine: Engine;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /** The steps of a commit that keep a new certificate, and the certificate as it is kept. */
  addition(
    { der, serialNumber, notAfter }: IssuedCertificate,
    owner: Pick<StoredCertificate, 'caName' | 'entity' | 'tenant' | 'belongsTo'>,
  ): { certificate: StoredCertificate; changes: RecordChange[] } {
    const { caName, entity, tenant, belongsTo } = owner;
    const issued = this.#now();
    const fingerprint = fingerprintOf(der);
    const certificate = der.toString('base64');
    const record: CertificateRecord = {
      entity,
      tenant,
      fingerprint,
      certificate,
      issued,
      notAfter: +notAfter,
      belongsTo,
    };
    const place = writeRecord({ caName, serialNumber });
    const key = [caName, serialNumber];
    const issue = issueName(issued, serialNumber);
    return {
      certificate: toCertificate({ key }, record),
      changes: [
        { op: 'put', table: 'pki_certificate', key, data: writeRecord(record), if: 'absent' },
        { op: 'put', table: 'pki_entity_certificate', key: [entity, issue], data: place },
        { op: 'put', table: 'pki_tenant_certificate', key: [tenant, issue], data: place },
        { op: 'put', table: 'pki_fingerprint', key: [fingerprint], data: place },
      ],
    };
  }

  /** @param serialNumber hex digits of either case, with leading zeros or without */
  async find(caName: string, serialNumber: string): Promise<StoredCertificate | undefined> {
    const found = await this.#engine.get('pki_certificate', [caName, plainSerial(serialNumber)]);
    return found && fromRecord(found);
  }

  /** @param fingerprint SHA-256, upper-case hex with colons */
  async byFingerprint(fingerprint: string): Promise<StoredCertificate | undefined> {
    const found = FINGERPRINT.test(fingerprint) ? await this.#engine.get('pki_fingerprint', [fingerprint]) : undefined;
    return found && this.#at(found);
  }

  /** All of a tenant, oldest first. */
  async *ofTenant(tenant: string): AsyncGenerator<StoredCertificate> {
    for await (const place of everyRecord(this.#engine, 'pki_tenant_certificate', [tenant])) {
      const certificate = await this.#at(place);
      if (certificate) yield certificate;
    }
  }

  /** All of an entity, newest first. */
  async *ofEntity(entity: string): AsyncGenerator<StoredCertificate> {
    let before: string | undefined;
    for (;;) {
      const [place] = await this.#engine.list('pki_entity_certificate', [entity], { before, limit: 1, reverse: true });
      if (place === undefined) return;
      before = place.key[1];
      const certificate = await this.#at(place);
      if (certificate) yield certificate;
    }
  }

  /** Revokes a certificate, or takes it from hold for {@link REVERSALS}. The next CRL that is fetched says so. */
  revoke(caName: string, serialNumber: string, reason: ReasonCode): Promise<Revocation> {
    const key = [caName, plainSerial(serialNumber)];
    return attempts(`certificate ${key[1]}`, async () => {
      const found = await this.#engine.get('pki_certificate', key);
      if (found === undefined) return 'unknown';
      const record = readRecord<CertificateRecord>(found);
      const isHeld = record.revoked !== undefined && isHold(record.revoked.reason);
      const isReversal = REVERSALS.has(reason);
      if (isReversal && !isHeld) return 'not-on-hold';
      if (record.revoked && (!isHeld || isHold(reason))) return 'already-revoked';
      const revoked = isReversal ? undefined : { at: this.#now(), reason };
      const line = revoked && writeRecord({ ...revoked, notAfter: record.notAfter } satisfies RevokedRecord);
      const { committed } = await this.#engine.commit([
        { op: 'put', table: 'pki_certificate', key, data: writeRecord({ ...record, revoked }), if: found.revision },
        line ? { op: 'put', table: 'pki_revoked', key, data: line } : { op: 'remove', table: 'pki_revoked', key },
        { op: 'put', table: 'pki_crl', key: [caName, 'changed'], data: writeRecord({ mark: newMark() }) },
      ]);
      return committed ? 'done' : AGAIN;
    });
  }

  /** Says who has a certificate. @returns whether there is one */
  setOwner(caName: string, serialNumber: string, belongsTo: BelongsTo): Promise<boolean> {
    const key = [caName, plainSerial(serialNumber)];
    return attempts(`certificate ${key[1]}`, async () => {
      const found = await this.#engine.get('pki_certificate', key);
      if (found === undefined) return false;
      const data = writeRecord({ ...readRecord<CertificateRecord>(found), belongsTo });
      const { committed } = await this.#engine.commit([
        { op: 'put', table: 'pki_certificate', key, data, if: found.revision },
      ]);
      return committed || AGAIN;
    });
  }

  /** The certificate that an index names. */
  #at(place: EngineRecord): Promise<StoredCertificate | undefined> {
    const { caName, serialNumber } = readRecord<{ caName: string; serialNumber: string }>(place);
    return this.find(caName, serialNumber);
  }
}

const FINGERPRINT = /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/;
const SERIAL = /^0*([0-9a-f]{1,40})$/;

/** In the form of the store; one that is not a serial number at all is none that is there. */
function plainSerial(text: string): string {
  return SERIAL.exec(text.toLowerCase())?.[1] ?? '-';
}

/** SHA-256 as x509-identity-mgmt writes it. */
export function fingerprintOf(der: Uint8Array): string {
  const digits = createHash('sha256').update(der).digest('hex').toUpperCase();
  return digits.replace(/..(?!$)/g, '$&:');
}

/** Sorts by time. */
function issueName(time: number, serialNumber: string): string {
  return `${String(time).padStart(15, '0')}.${serialNumber}`;
}

function newMark(): string {
  return randomBytes(12).toString('base64url');
}

function fromRecord(record: EngineRecord): StoredCertificate {
  return toCertificate(record, readRecord<CertificateRecord>(record));
}

function toCertificate({ key }: Pick<EngineRecord, 'key'>, record: CertificateRecord): StoredCertificate {
  const { certificate, issued, notAfter, revoked, ...rest } = record;
  return {
    ...rest,
    caName: key[0],
    serialNumber: key[1],
    der: Buffer.from(certificate, 'base64'),
    dateIssued: new Date(issued),
    notAfter: new Date(notAfter),
    revoked: revoked && { date: new Date(revoked.at), reason: revoked.reason },
  };
}
