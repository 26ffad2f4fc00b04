import { parseJson } from '../../node/json-depth.js';
import { JsonServer } from './json-call.js';
import { PkiCallError } from './service-pki.js';

/** Owners of certificates, as dojot's certificate-acl knows them (generation 3). */
export class AclOwners {
  readonly #server: JsonServer;
  readonly #path: string;

  /** @param url what comes before the fingerprint, such as `http://certificate-acl:3000/internal/api/v1/acl-entries/` */
  constructor(url: URL, timeout: number) {
    this.#server = new JsonServer(url.origin, timeout);
    this.#path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  }

  /**
   * @param certificate its SHA-256, hex digits
   * @returns `tenant:device` or the name of a service; undefined when there is no entry
   * @throws PkiCallError
   */
  async ownerOf({ fingerprint }: { readonly fingerprint: string }): Promise<string | undefined> {
    const path = this.#path + fingerprint.toUpperCase().match(/../g)!.join(':');
    const { status, text } = await this.#server.call('GET', path);
    if (status === 404) return undefined;
    const owner = status === 200 ? ownerIn(text) : undefined;
    if (owner !== undefined) return owner;
    throw new PkiCallError(`GET ${this.#server.address}${path}: status ${status}, without a name in JSON`);
  }
}

function ownerIn(text: string): string | undefined {
  try {
    const owner: unknown = parseJson(text);
    return typeof owner === 'string' && owner !== '' ? owner : undefined;
  } catch {
    return undefined;
  }
}
