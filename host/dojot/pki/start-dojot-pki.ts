import type { PkiOptions, PkiServer } from './rest/pki-options.js';

/**
 * Serves the REST calls of dojot's PKI. The CA is made with the first start.
 *
 * Rejects with ServiceStartError when the options do not go together or a port is taken, and with StoreError.
 */
export async function startDojotPki(options: PkiOptions): Promise<PkiServer> {
  // Fastify and the library for certificates take longer to load than all the rest, and only a server needs them.
  const { servePki } = await import('./rest/pki-server.js');
  return servePki(options);
}
