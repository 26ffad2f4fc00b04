import type { FastifyInstance } from 'fastify';
import type { DojotPki } from '../../pki.js';
import { authorityRoutes } from './authority-routes.js';
import { entityRoutes } from './entity-routes.js';
import { issuedRoutes } from './issued-routes.js';

/** The calls of EJBCA's wrapper (dojot before x509-identity-mgmt). */
export function ejbcaRoutes(app: FastifyInstance, pki: DojotPki): void {
  // Who starts with dojot waits until this answers.
  app.get('/ejbca/version', async () => ({ version: 'wasmqtt' }));
  entityRoutes(app, pki);
  authorityRoutes(app, pki);
  issuedRoutes(app, pki);
}
