import { pemOf } from '../../core/index.js';
import { derIn, type JsonServer } from './json-call.js';
import { PkiCallError, type ServiceApplication, type ServicePki } from './service-pki.js';

const THROW_AWAY = '/internal/api/v1/throw-away';

/** The PKI of generations 2 and 3: the internal calls of x509-identity-mgmt, without a token, on port 3000. */
export class IdentityPki implements ServicePki {
  readonly #server: JsonServer;
  readonly #application: ServiceApplication;

  constructor(server: JsonServer, application: ServiceApplication) {
    this.#server = server;
    this.#application = application;
  }

  async ready(): Promise<void> {
    const status = await this.#server.member('GET', '/healthcheck', ['status']);
    if (status !== 'ok') throw new PkiCallError(`GET ${this.#server.address}/healthcheck: its status is ${status}`);
  }

  async sign(_name: string, request: Uint8Array): Promise<Buffer> {
    const body = { csr: pemOf('CERTIFICATE REQUEST', request), belongsTo: { application: this.#application } };
    return derIn(await this.#server.member('POST', THROW_AWAY, ['certificatePem'], body), 'the signed certificate');
  }

  async authority(): Promise<Buffer> {
    return derIn(await this.#server.member('GET', `${THROW_AWAY}/ca`, ['caPem']), 'the certificate of the CA');
  }

  async revocationList(): Promise<Buffer> {
    return derIn(await this.#server.member('GET', `${THROW_AWAY}/ca/crl?update=true`, ['crl']), 'the CRL');
  }

  close(): void {
    this.#server.close();
  }
}
