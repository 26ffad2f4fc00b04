import type { Cloud, CloudOptions } from './cloud-options.js';

/**
 * Serves the REST calls of the config and secret stores under `/v1`.
 *
 * @throws ServiceStartError when the port is taken or the address is not this machine's
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  // Fastify takes longer to load than all the rest of this room, and only a server needs it.
  const { serveStores } = await import('./server.js');
  return serveStores(options);
}
