import { createHash, randomBytes } from 'node:crypto';
import { AGAIN, attempts } from '../../../cloud/store/attempts.js';
import type { Engine, EngineRecord, RecordChange } from '../../../cloud/store/engine/engine.js';
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
    const place = placeOf(caName, serialNumber);
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
    return found && (await this.#at([found]))[0];
  }

  /** How many of a tenant there are that were not revoked. */
  countOfTenant(tenant: string): Promise<number> {
    return this.#engine.count('pki_tenant_certificate', [tenant]);
  }

  /** Some of a tenant that were not revoked, oldest first. @param limit 1 or more */
  async pageOfTenant(tenant: string, offset: number, limit: number): Promise<StoredCertificate[]> {
    const places = await this.#engine.list('pki_tenant_certificate', [tenant], { offset, limit });
    return (await this.#at(places)).filter(({ revoked }) => revoked === undefined);
  }

  /** All of a tenant that were not revoked, oldest first. */
  async *ofTenant(tenant: string): AsyncGenerator<StoredCertificate> {
    for await (const found of this.#parts('pki_tenant_certificate', tenant)) {
      for (const certificate of found) if (certificate.revoked === undefined) yield certificate;
    }
  }

  /** All that were issued for an entity, newest first. */
  async *ofEntity(entity: string): AsyncGenerator<StoredCertificate> {
    for await (const found of this.#parts('pki_entity_certificate', entity, true)) {
      for (const certificate of found) if (certificate.entity === entity) yield certificate;
    }
  }

  /** All that a device of a tenant has and that were not revoked, oldest first. */
  async *ofDevice(tenant: string, device: string): AsyncGenerator<StoredCertificate> {
    for await (const found of this.#parts('pki_entity_certificate', entityOf(tenant, device))) {
      for (const certificate of found) {
        const isIts = certificate.tenant === tenant && certificate.belongsTo.device === device;
        if (isIts && certificate.revoked === undefined) yield certificate;
      }
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
      const place = {
        table: 'pki_tenant_certificate',
        key: [record.tenant, issueName(record.issued, key[1])],
      } as const;
      const { committed } = await this.#engine.commit([
        revoked ? { op: 'remove', ...place } : { op: 'put', ...place, data: placeOf(caName, key[1]) },
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
      const record = readRecord<CertificateRecord>(found);
      const { device } = belongsTo;
      const place = placeOf(caName, key[1]);
      const issue = issueName(record.issued, key[1]);
      const entity = device === undefined ? undefined : entityOf(record.tenant, device);
      const data = writeRecord({ ...record, belongsTo } satisfies CertificateRecord);
      const { committed } = await this.#engine.commit([
        { op: 'put', table: 'pki_certificate', key, data, if: found.revision },
        ...(entity === undefined
          ? []
          : [{ op: 'put', table: 'pki_entity_certificate', key: [entity, issue], data: place } as const]),
      ]);
      return committed || AGAIN;
    });
  }

  /** The certificates that an index names, a part of them in memory at a time. */
  async *#parts(
    table: 'pki_tenant_certificate' | 'pki_entity_certificate',
    name: string,
    reverse = false,
  ): AsyncGenerator<StoredCertificate[]> {
    let last: string | undefined;
    for (;;) {
      const range = reverse ? { before: last } : { after: last };
      const places = await this.#engine.list(table, [name], { ...range, limit: PART, reverse });
      if (places.length === 0) return;
      yield this.#at(places);
      last = places.at(-1)?.key[1];
    }
  }

  /** The certificates that records of an index name. */
  async #at(places: readonly EngineRecord[]): Promise<StoredCertificate[]> {
    const keys = places.map((place) => {
      const { caName, serialNumber } = readRecord<{ caName: string; serialNumber: string }>(place);
      return [caName, serialNumber];
    });
    const found = await this.#engine.getMany('pki_certificate', keys);
    return found.flatMap((record) => (record ? [fromRecord(record)] : []));
  }
}

/** How many certificates are read at a time. */
const PART = 50;

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

/** What an index has of a certificate. */
function placeOf(caName: string, serialNumber: string): Uint8Array {
  return writeRecord({ caName, serialNumber });
}

function entityOf(tenant: string, device: string): string {
  return `${tenant}:${device}`;
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
