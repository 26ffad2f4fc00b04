import type { Engine } from '../../../cloud/store/engine/engine.js';
import type { ServiceOptions } from '../../../http/service-options.js';
import type { Generation } from '../../generation.js';

export interface PkiOptions extends ServiceOptions {
  /** keeps entities, certificates, CAs and users */
  engine: Engine;
  /** whose calls: 1 EJBCA's wrapper, 2 and 3 x509-identity-mgmt */
  generation: Generation;
  /** validity of certificates in days; default that of the profile: 2 in generation 1, else 365 */
  days?: number;
  /** the port on loopback for dojot's own services, which show no token; 0 for a free one, default none */
  internalPort?: number;
  /** of tokens, in milliseconds; default 420,000 */
  tokenLifetime?: number;
  /** the clock, in milliseconds since 1970; default `Date.now` */
  now?: () => number;
}

/** A running PKI. */
export interface PkiServer {
  /** base address for clients: the DOJOT_URL of dojot's document */
  url: string;
  port: number;
  /** base address for dojot's own services */
  internalUrl: string | undefined;
  /** the CA that issues */
  caName: string;
  /** reads the TLS files again */
  reload(): void;
  /** stops listening, and ends within `closeTimeout` whatever is open; the engine stays open */
  close(): Promise<void>;
}
