import { derIn, type JsonServer } from './json-call.js';
import type { ServicePki } from './service-pki.js';

/** What dojot's services say to EJBCA for every entity. */
const PASSWORD = 'dojot';

/** The PKI of generation 1: EJBCA behind its REST wrapper, without a token, on port 5583. */
export class EjbcaPki implements ServicePki {
  readonly #server: JsonServer;
  readonly #ca: string;

  /** @param ca name of the CA, `IOTmidCA` */
  constructor(server: JsonServer, ca: string) {
    this.#server = server;
    this.#ca = `/ca/${encodeURIComponent(ca)}`;
  }

  async ready(): Promise<void> {
    await this.#server.text('GET', '/ejbca/version');
  }

  /** The entity is made first: an entity gets one certificate each time that it is made or edited. */
  async sign(name: string, request: Uint8Array): Promise<Buffer> {
    await this.#server.text('POST', '/user', { username: name });
    const body = { certificate: Buffer.from(request).toString('base64'), passwd: PASSWORD };
    const path = `/sign/${encodeURIComponent(name)}/pkcs10`;
    return derIn(await this.#server.member('POST', path, ['status', 'data'], body), 'the signed certificate');
  }

  async authority(): Promise<Buffer> {
    return derIn(await this.#server.member('GET', this.#ca, ['certificate']), 'the certificate of the CA');
  }

  async revocationList(): Promise<Buffer> {
    return derIn(await this.#server.member('GET', `${this.#ca}/crl?update=true`, ['CRL']), 'the CRL');
  }

  close(): void {
    this.#server.close();
  }
}
