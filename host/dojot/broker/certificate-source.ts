import type { CertificateKeeper, KeeperOptions } from '../certificates/certificate-keeper.js';
import { serviceKeeper } from '../certificates/service-keeper.js';
import type { BrokerSettings } from './broker-settings.js';

/** The keeper of the broker's own certificate. */
export function brokerKeeper(
  { generation, certificate }: BrokerSettings,
  surroundings: Pick<KeeperOptions, 'timers' | 'wallClock' | 'report'>,
): CertificateKeeper {
  const { pki: address, timeout, ca, name, hosts, margin, schedules } = certificate;
  const service = { generation, address, timeout, ca, application: 'vernemq' } as const;
  return serviceKeeper(service, { name, hosts, margin, schedules, ...surroundings });
}
