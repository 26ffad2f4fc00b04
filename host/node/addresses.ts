import { type AddressInfo, isIP } from 'node:net';

/** Whether only this machine can reach a server there (RFC 1122 3.2.1.3, RFC 4291 2.5.3, RFC 6761 6.3). */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name) === 4) return name.startsWith('127.');
  return isIP(name) === 6 && /^(?:(?:0*:)*:?0*1|::ffff:127(?:\.\d+){3})$/.test(name);
}

/** `http://127.0.0.1:PORT`, with the brackets of RFC 3986 3.2.2 around IPv6. */
export function httpUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
