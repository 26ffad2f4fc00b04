import { createRequire } from 'node:module';
import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import type { RouteContext } from './routes/route-context.js';
import { addRoutes } from './routes/routes.js';

const DESCRIPTION = `Devices, their configuration and secrets, applications and logs, as Microvisor's REST API had them. All calls but
this document's ask for HTTP basic authentication: an account SID and its token, or the SID and the secret of an API key.`;

/** The OpenAPI 3.1 document of all calls, made of the schemas of their routes. */
export async function openApiDocument(): Promise<object> {
  const { version } = createRequire(import.meta.url)('wasmqtt/package.json') as { version: string };
  const app = Fastify();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'wasmqtt cloud',
        version,
        description: DESCRIPTION.replaceAll('\n', ' '),
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
      security: [{ basic: [] }],
    },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
  });
  addRoutes(app, UNSERVED);
  await app.ready();
  try {
    return app.swagger();
  } finally {
    await app.close();
  }
}

/** The document describes routes; nobody calls them. */
function unserved(): never {
  throw new Error('routes of the document are not called');
}
const UNSERVED: RouteContext = { viewsOf: unserved, baseUrl: unserved };
