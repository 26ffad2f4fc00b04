import { createHash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance } from 'fastify';

/** Who makes a request: an account, by its token or by an API key. */
export interface Caller {
  accountSid: string;
  /** the API key, when it was one */
  keySid?: string;
  /** whether it may only read */
  readOnly: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    /** for everybody: no credentials are asked for */
    open?: boolean;
  }
}

export interface Credentials {
  accountSid: string;
  authToken: string;
}

/**
 * Demands HTTP basic authentication (RFC 7617) before anything of a request is read. That holds for every path but open
 * ones, also for those that do not exist.
 */
export async function requireAccount(app: FastifyInstance, expected: Credentials): Promise<void> {
  const wanted = digest(expected.accountSid, expected.authToken);
  app.decorateRequest('caller', undefined);
  await app.register(basicAuth, {
    authenticate: { realm: 'wasmqtt' },
    async validate(accountSid, authToken, request) {
      // All digests have the same length, so the comparison takes the same time whatever was sent.
      if (timingSafeEqual(digest(accountSid, authToken), wanted)) {
        request.caller = { accountSid, readOnly: false };
        return;
      }
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
