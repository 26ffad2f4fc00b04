import { CertificateKeeper, type KeeperOptions } from '../certificates/certificate-keeper.js';
import { EjbcaPki } from '../certificates/ejbca-pki.js';
import { IdentityPki } from '../certificates/identity-pki.js';
import { JsonServer } from '../certificates/json-call.js';
import type { ServicePki } from '../certificates/service-pki.js';
import type { BrokerSettings } from './broker-settings.js';

/** The keeper of the broker's own certificate. */
export function brokerKeeper(
  { generation, certificate }: BrokerSettings,
  surroundings: Pick<KeeperOptions, 'timers' | 'wallClock' | 'report'>,
): CertificateKeeper {
  const { pki, timeout, ca, name, hosts, margin, schedules } = certificate;
  const server = new JsonServer(pki, timeout);
  const service: ServicePki = generation === 1 ? new EjbcaPki(server, ca) : new IdentityPki(server, 'vernemq');
  return new CertificateKeeper({ pki: service, name, hosts, margin, schedules, ...surroundings });
}
