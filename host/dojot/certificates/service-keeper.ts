import type { Generation } from '../generation.js';
import { CertificateKeeper, type KeeperOptions } from './certificate-keeper.js';
import { EjbcaPki } from './ejbca-pki.js';
import { IdentityPki } from './identity-pki.js';
import { JsonServer } from './json-call.js';
import type { ServiceApplication } from './service-pki.js';

/** Which PKI a service asks, and as whom. */
export interface ServiceAtPki {
  readonly generation: Generation;
  /** `http://host:port` */
  readonly address: string;
  /** Milliseconds for one call. */
  readonly timeout: number;
  /** Name of the CA, in generation 1. */
  readonly ca: string;
  /** Its name at the PKI of generations 2 and 3. */
  readonly application: ServiceApplication;
}

/** The keeper of a service's certificate, at the PKI of its generation. */
export function serviceKeeper(
  { generation, address, timeout, ca, application }: ServiceAtPki,
  options: Omit<KeeperOptions, 'pki'>,
): CertificateKeeper {
  const server = new JsonServer(address, timeout);
  const pki = generation === 1 ? new EjbcaPki(server, ca) : new IdentityPki(server, application);
  return new CertificateKeeper({ pki, ...options });
}
