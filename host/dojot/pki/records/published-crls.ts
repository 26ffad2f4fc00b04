import { AGAIN, attempts } from '../../../cloud/store/attempts.js';
import type { Engine, RecordChange } from '../../../cloud/store/engine/engine.js';
import { everyRecord } from '../../../cloud/store/list-page.js';
import { readRecord, writeRecord } from '../../../cloud/store/record-json.js';
import { wholeSeconds } from '../../../pki/certificate-fields.js';
import type { Authority } from '../issue/authority.js';
import type { CrlLine } from '../issue/revocation-list.js';
import type { RevokedRecord } from './certificates.js';

/** Milliseconds that a CRL is valid. */
const PERIOD = 86_400_000;
/** A new one is made when less than this is left. */
const MARGIN = PERIOD / 2;
/** How many lines that no CRL needs any more go at once. */
const MOST_FORGOTTEN = 500;

/** As it is kept. */
interface CrlRecord {
  number: number;
  /** base64 of DER */
  crl: string;
  nextUpdate: number;
  /** of the last revocation that is in it */
  mark?: string;
}

/**
 * The CRLs of a store, numbered for each CA. A revocation is in the next one that is fetched: each revocation leaves another mark, and a
 * CRL knows the mark that it was made after. Methods reject with StoreError as an `Engine` does.
 */
export class PublishedCrls {
  readonly #engine: Engine;
  readonly #now: () => number;
  /** by CA: the one that is being made, and the one that is made after it for all who came meanwhile */
  readonly #running = new Map<string, Promise<Buffer>>();
  readonly #next = new Map<string, Promise<Buffer>>();

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /** The last CRL in DER, or a new one if that is old or something was revoked since. */
  async current(caName: string, authority: Authority): Promise<Buffer> {
    const [newest, changed] = await this.#read(caName);
    const isCurrent = newest && newest.mark === changed && newest.nextUpdate - this.#now() >= MARGIN;
    return isCurrent ? Buffer.from(newest.crl, 'base64') : this.renew(caName, authority);
  }

  /** A new CRL in DER, which has all that was revoked before this call. */
  renew(caName: string, authority: Authority): Promise<Buffer> {
    const running = this.#running.get(caName);
    if (running === undefined) return this.#start(caName, authority);
    const waiting = this.#next.get(caName);
    if (waiting) return waiting;
    const next = running.then(
      () => this.#startNext(caName, authority),
      () => this.#startNext(caName, authority),
    );
    this.#next.set(caName, next);
    return next;
  }

  #startNext(caName: string, authority: Authority): Promise<Buffer> {
    this.#next.delete(caName);
    return this.#start(caName, authority);
  }

  #start(caName: string, authority: Authority): Promise<Buffer> {
    const made = this.#make(caName, authority).finally(() => this.#running.delete(caName));
    this.#running.set(caName, made);
    return made;
  }

  #make(caName: string, authority: Authority): Promise<Buffer> {
    return attempts(`the CRL of ${caName}`, async () => {
      const [newest, changed, revision] = await this.#read(caName);
      const thisUpdate = wholeSeconds(this.#now());
      const nextUpdate = new Date(thisUpdate.getTime() + PERIOD);
      const { lines, forgotten } = await this.#lines(caName, thisUpdate.getTime());
      const number = (newest?.number ?? 0) + 1;
      const crl = await authority.revocationList(lines, { number, thisUpdate, nextUpdate });
      const record: CrlRecord = {
        number,
        crl: crl.toString('base64'),
        nextUpdate: nextUpdate.getTime(),
        mark: changed,
      };
      const { committed } = await this.#engine.commit([
        {
          op: 'put',
          table: 'pki_crl',
          key: [caName, 'newest'],
          data: writeRecord(record),
          if: revision ?? 'absent',
        },
        ...forgotten,
      ]);
      return committed ? crl : AGAIN;
    });
  }

  async #read(caName: string): Promise<[CrlRecord | undefined, string | undefined, number | undefined]> {
    const [newest, changed] = await this.#engine.getMany('pki_crl', [
      [caName, 'newest'],
      [caName, 'changed'],
    ]);
    const mark = changed && readRecord<{ mark: string }>(changed).mark;
    return [newest && readRecord<CrlRecord>(newest), mark, newest?.revision];
  }

  /** A certificate that has ended stays on one CRL more (RFC 5280 3.3). */
  async #lines(caName: string, now: number): Promise<{ lines: CrlLine[]; forgotten: RecordChange[] }> {
    const lines: CrlLine[] = [];
    const forgotten: RecordChange[] = [];
    for await (const record of everyRecord(this.#engine, 'pki_revoked', [caName])) {
      const { at, reason, notAfter } = readRecord<RevokedRecord>(record);
      if (notAfter + PERIOD >= now) lines.push({ serialNumber: record.key[1], date: wholeSeconds(at), reason });
      else if (forgotten.length < MOST_FORGOTTEN)
        forgotten.push({ op: 'remove', table: 'pki_revoked', key: record.key });
    }
    return { lines, forgotten };
  }
}
