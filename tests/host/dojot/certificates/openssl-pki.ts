import { writeFileSync } from 'node:fs';
import { PkiCallError, type ServicePki } from '../../../../host/dojot/certificates/service-pki.js';
import { TestPki } from '../../broker/listeners/certificates.js';

/** A PKI by openssl, in this process: what it issues, revokes, and when it fails is up to the test. */
export class OpensslPki implements ServicePki {
  readonly files = new TestPki();
  /** While it is set, every call fails with it. */
  failure: string | undefined;
  /** Calls that fail while the others succeed. */
  readonly failing = new Set<'sign' | 'authority' | 'revocationList'>();
  /** The CA that is asked for; `foreign` is another. */
  ca: 'ca' | 'foreign' = 'ca';
  /** The CA that signs; `foreign` is another. */
  signer: 'ca' | 'foreign' = 'ca';
  readonly calls: string[] = [];
  /** Names of revoked certificates, for `revocationList`. */
  readonly revoked: string[] = [];
  nextUpdate: number | undefined;
  /** The names of the files of issued certificates. */
  readonly issued: string[] = [];

  async ready(): Promise<void> {
    this.#called('ready');
  }

  async sign(name: string, request: Uint8Array): Promise<Buffer> {
    this.#called('sign');
    const file = `issued-${this.issued.length}`;
    writeFileSync(this.files.path(`${file}.csr`), request);
    const signer = [
      '-CA',
      `${this.signer}.crt`,
      '-CAkey',
      `${this.signer}.key`,
      '-CAcreateserial',
      '-days',
      '2',
      '-copy_extensions',
      'copy',
    ];
    this.files.print('x509', '-req', '-inform', 'DER', '-in', `${file}.csr`, ...signer, '-out', `${file}.crt`);
    this.issued.push(file);
    const subject = this.files.print('x509', '-in', `${file}.crt`, '-noout', '-subject');
    if (!subject.includes(name)) throw new Error(`the request is not for ${name} but ${subject}`);
    return this.#der(`${file}.crt`);
  }

  async authority(): Promise<Buffer> {
    this.#called('authority');
    return this.#der(`${this.ca}.crt`);
  }

  async revocationList(): Promise<Buffer> {
    this.#called('revocationList');
    const pem = this.files.makeCrl(this.ca, this.revoked, this.nextUpdate);
    return Buffer.from(pem.replaceAll(/-----[^-]*-----/g, ''), 'base64');
  }

  close(): void {}

  #called(call: 'ready' | 'sign' | 'authority' | 'revocationList'): void {
    this.calls.push(call);
    if (this.failure !== undefined) throw new PkiCallError(this.failure);
    if (call !== 'ready' && this.failing.has(call)) throw new PkiCallError(`${call} failed`);
  }

  #der(file: string): Buffer {
    return Buffer.from(this.files.read(file).replaceAll(/-----[^-]*-----/g, ''), 'base64');
  }
}
