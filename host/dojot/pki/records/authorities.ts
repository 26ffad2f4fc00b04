import { randomBytes } from 'node:crypto';
import type { Engine } from '../../../cloud/store/engine/engine.js';
import { readRecord, writeRecord } from '../../../cloud/store/record-json.js';
import { nameText, readCertificate } from '../../../core/index.js';
import type { Generation } from '../../generation.js';
import { Authority } from '../issue/authority.js';
import { authorityFor } from '../issue/certificate-profile.js';

/** As it is kept, both in base64 of DER. */
interface AuthorityRecord {
  certificate: string;
  privateKey: string;
}

/** The CAs of a store. Methods reject with StoreError as an `Engine` does. */
export class Authorities {
  readonly #engine: Engine;
  readonly #now: () => number;
  /** A CA never changes, so it is read once. */
  readonly #opened = new Map<string, Authority>();

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /** The name of the CA of a generation, which is made if it is not there. Several processes may begin at once: one makes it. */
  async ensure(generation: Generation): Promise<string> {
    const profile = authorityFor(generation, randomBytes(8).toString('hex'));
    const key = [profile.caName];
    if ((await this.#engine.get('pki_ca', key)) !== undefined) return profile.caName;
    const { certificate, privateKey } = await Authority.make(profile, this.#now());
    const record: AuthorityRecord = {
      certificate: certificate.toString('base64'),
      privateKey: privateKey.toString('base64'),
    };
    await this.#engine.commit([{ op: 'put', table: 'pki_ca', key, data: writeRecord(record), if: 'absent' }]);
    return profile.caName;
  }

  async find(caName: string): Promise<Authority | undefined> {
    const opened = this.#opened.get(caName);
    if (opened || !NAME.test(caName)) return opened;
    const found = await this.#engine.get('pki_ca', [caName]);
    if (found === undefined) return undefined;
    const { certificate, privateKey } = readRecord<AuthorityRecord>(found);
    const authority = await Authority.of({
      certificate: Buffer.from(certificate, 'base64'),
      privateKey: Buffer.from(privateKey, 'base64'),
    });
    this.#opened.set(caName, authority);
    return authority;
  }

  /** Their names, in order. */
  async names(): Promise<string[]> {
    return (await this.#engine.list('pki_ca', [])).map(({ key }) => key[0]);
  }

  /** The name of the CA whose certificate has this subject, `CN=IOTmidCA,O=EJBCA`, the attributes in any order. */
  async named(subject: string): Promise<string | undefined> {
    const wanted = parts(subject);
    for (const name of await this.names()) {
      const authority = await this.find(name);
      if (authority && parts(nameText(readCertificate(authority.certificate).subjectRaw)) === wanted) return name;
    }
    return undefined;
  }
}

/** What a key of the store may have. */
const NAME = /^[\x20-\x7e]{1,200}$/;

/** No CA of ours has a comma in its name. */
function parts(subject: string): string {
  return subject
    .split(',')
    .map((part) => part.trim())
    .sort()
    .join();
}
