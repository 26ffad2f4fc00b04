import type { FastifyInstance } from 'fastify';

/** The description of the calls. It has nothing that is anyone's, so it asks for no credentials. */
export function openApiRoute(app: FastifyInstance): void {
  let document: Promise<object> | undefined;
  app.get('/v1/openapi.json', { config: { open: true } }, async () => {
    // It takes long to load, and few ask for it.
    document ??= import('../openapi.js').then(({ openApiDocument }) => openApiDocument());
    return document;
  });
}
