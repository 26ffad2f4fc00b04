import { createHash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance } from 'fastify';

export interface Credentials {
  accountSid: string;
  authToken: string;
}

/**
 * Demands HTTP basic authentication (RFC 7617) before anything of a request is read. That holds for every path, also for
 * those that do not exist.
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
  app.addHook('onRequest', app.basicAuth);
}

function digest(accountSid: string, authToken: string): Buffer {
  return createHash('sha256').update(`${accountSid}:${authToken}`).digest();
}
