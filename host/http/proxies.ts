import { BlockList, isIP } from 'node:net';
import { ServiceStartError } from './service-start-error.js';

/**
 * Tells the addresses of proxies that are trusted from all others.
 *
 * @param proxies addresses and subnets: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`
 * @throws ServiceStartError `options`
 */
export function proxyTest(proxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const proxy of proxies) add(list, proxy);
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%')[0];
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}

function add(list: BlockList, proxy: string): void {
  const [, address, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(proxy) ?? [];
  const version = isIP(address ?? '');
  const most = version === 4 ? 32 : 128;
  if (version === 0 || Number(bits ?? 0) > most) {
    const advice = 'give an address or a subnet, such as 10.0.0.7 or 10.0.0.0/8';
    throw new ServiceStartError('options', `the trusted proxy ${JSON.stringify(proxy)} is not an address; ${advice}`);
  }
  list.addSubnet(address, Number(bits ?? most), version === 4 ? 'ipv4' : 'ipv6');
}
