import { isIPv6 } from 'node:net';

/**
 * What limits by address count by: one subscriber has one IPv4 address, or a whole /64 of IPv6 (RFC 6177 2).
 *
 * @param address as `socket.remoteAddress` has it
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1];
  const [head, tail] = address.split('%')[0].split('::');
  const groups = head ? head.split(':') : [];
  const rest = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array(Math.max(missing, 0)).fill('0'), ...rest];
  return `${all.slice(0, 4).join(':')}::/64`;
}
