import type { Cloud, CloudOptions } from './cloud-options.js';

/**
 * Serves the REST calls of the config and secret stores under `/v1`.
 *
 * @throws ServiceStartError when the port is taken or the address is not this machine's
 *
 * @example
 * ```ts
 * import { type Cloud, type CloudLimits, type CloudOptions, Store, startCloud, type TlsFiles } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const { accountSid, authToken } = await store.ensureDefaultAccount();
 * const limits: Partial<CloudLimits> = { connections: 100 };
 * const tls: TlsFiles = { certFile: 'device.pem', keyFile: 'device.key' };
 * const options: CloudOptions = { store, limits, tls };
 * const cloud: Cloud = await startCloud(options);
 * cloud.url === `https://127.0.0.1:${cloud.port}`; // => true
 * await cloud.close();
 * await store.close();
 * ```
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  // Fastify takes longer to load than all the rest of this room, and only a server needs it.
  const { serveStores } = await import('./server.js');
  return serveStores(options);
}
