import { createHash } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext, type SecureContextOptions } from 'node:tls';
import { tlsMaterial } from './tls-material.js';
import type { TransportRequest } from './transport.js';

type Credentials = Pick<TransportRequest, 'ca' | 'clientChain' | 'clientKey'>;

/** How many contexts are kept: one with the Mozilla roots takes 1.1 MB, and 22 ms to make. */
const LIMIT = 16;

/**
 * TLS contexts by their content, shared by all connections of the process: those of a device that connects again, and those
 * of devices that trust the same CAs and have the same certificate. Other credentials are another context. The one that was
 * used longest ago is given up for a new one; a connection that has it keeps it.
 */
export class TlsContexts {
  readonly #limit: number;
  /** By the hash of what they are made of; the one that was used last is the last. */
  readonly #contexts = new Map<string, SecureContext>();

  /** @param limit contexts that are kept, 1 and up */
  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /**
   * The context of a client with these credentials, TLS 1.2 or newer.
   *
   * @throws BadCredentials
   */
  of(credentials: Credentials): SecureContext {
    return this.#kept(hashOf(credentials), () => tlsMaterial(credentials));
  }

  /**
   * The context of a client that trusts the Mozilla roots and more, and shows no certificate, TLS 1.2 or newer.
   *
   * @param more PEM
   */
  trusting(more: readonly string[]): SecureContext {
    if (more.length === 0) return this.of({ ca: [], clientChain: [] });
    const hash = createHash('sha256').update(JSON.stringify(more)).digest('base64');
    return this.#kept(`more ${hash}`, () => ({ ca: [...rootCertificates, ...more] }));
  }

  #kept(name: string, material: () => SecureContextOptions): SecureContext {
    const context = this.#contexts.get(name) ?? createSecureContext({ ...material(), minVersion: 'TLSv1.2' });
    this.#contexts.delete(name);
    this.#contexts.set(name, context);
    for (const oldest of this.#contexts.keys()) {
      if (this.#contexts.size <= this.#limit) break;
      this.#contexts.delete(oldest);
    }
    return context;
  }
}

/** Those of the process. */
export const tlsContexts = new TlsContexts();

/** Each part goes in with its length, each list with its number of parts, so that no two contents look alike. */
function hashOf({ ca, clientChain, clientKey }: Credentials): string {
  const hash = createHash('sha256');
  for (const list of [ca, clientChain, clientKey ? [clientKey] : []]) {
    hash.update(`${list.length}:`);
    for (const part of list) hash.update(`${part.length}:`).update(part);
  }
  return hash.digest('base64');
}
