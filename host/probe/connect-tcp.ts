import { lookup } from 'node:dns/promises';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';

export interface Address {
  address: string;
  family: number;
}

/** All addresses of a name. @throws the error of node:dns */
export async function resolve(host: string): Promise<Address[]> {
  const family = isIP(host);
  return family ? [{ address: host, family }] : lookup(host, { all: true });
}

/** Connects to the first address that answers. @throws the error of node:net; the signal's reason */
export function connectTcp(host: string, port: number, addresses: Address[], signal: AbortSignal): Promise<Socket> {
  const [{ address, family }] = addresses;
  const known: LookupFunction = (_host, { all }, found) =>
    all ? found(null, addresses) : found(null, address, family);
  return new Promise((accept, reject) => {
    const socket = connect({ host, port, lookup: known });
    // Kept for the next step too, which sees the connection's end itself.
    socket.on('error', reject);
    signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
    socket.once('connect', () => accept(socket));
  });
}
