import { createHash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** whether the route has credentials of its own, or none */
    open?: boolean;
  }
}

export interface Credentials {
  accountSid: string;
  authToken: string;
}

/**
 * Demands HTTP basic authentication (RFC 7617) before anything of a request is read. That holds for every path, also for
 * those that do not exist, but not for routes that are open.
 */
export async function requireAccount(app: FastifyInstance, expected: Credentials): Promise<void> {
  const wanted = digest(expected.accountSid, expected.authToken);
  await app.register(basicAuth, {
    authenticate: { realm: 'wasmqtt' },
    async validate(accountSid, authToken) {
      // All digests have the same length, so the comparison takes the same time whatever was sent.
      if (timingSafeEqual(digest(accountSid, authToken), wanted)) return;
      throw Object.assign(new Error('unauthorized'), { statusCode: 401 });
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config?.open) done();
    else app.basicAuth(request, reply, done);
  });
}

function digest(accountSid: string, authToken: string): Buffer {
  return createHash('sha256').update(`${accountSid}:${authToken}`).digest();
}
