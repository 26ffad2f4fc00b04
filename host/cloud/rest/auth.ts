import { createHash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestProblem } from '../../http/request-problem.js';
import type { AccountCredentials } from '../store/accounts/accounts.js';
import type { Store } from '../store/store.js';
import { problemOf } from './problems.js';

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
    /** no credentials of an account are asked for: the route is for everybody, or has credentials of its own */
    open?: boolean;
  }
}

/**
 * Demands HTTP basic authentication (RFC 7617) before anything of a request is read: account SID and token, or SID and secret of an API key.
 * That holds for every path but open ones, also for those that do not exist.
 *
 * @param own an account that this server lets in besides those of the store
 */
export async function requireCaller(app: FastifyInstance, store: Store, own?: AccountCredentials): Promise<void> {
  const ownDigest = own && digest(own.accountSid, own.authToken);
  const identify = async (user: string, password: string): Promise<Caller | undefined> => {
    // All digests have the same length, so the comparison takes the same time whatever was sent.
    if (ownDigest && timingSafeEqual(digest(user, password), ownDigest)) return { accountSid: user, readOnly: false };
    if (user.startsWith('SK')) return store.keys.verify(user, password);
    const account = await store.accounts.verify(user, password);
    return account && { accountSid: account.accountSid, readOnly: false };
  };
  app.decorateRequest('caller', undefined);
  await app.register(basicAuth, {
    authenticate: { realm: 'wasmqtt' },
    async validate(user, password, request) {
      try {
        request.caller = await identify(user, password);
      } catch (error) {
        // Without a status it would pass for 401, and ask for other credentials.
        throw Object.assign(error as Error, { statusCode: problemOf(error).status });
      }
      if (request.caller === undefined) throw Object.assign(new Error('unauthorized'), { statusCode: 401 });
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config?.open) done();
    else app.basicAuth(request, reply, done);
  });
  app.addHook('preValidation', async (request) => {
    if (request.caller?.readOnly && request.method !== 'GET' && request.method !== 'HEAD') {
      throw new RequestProblem(
        403,
        'this API key may only read; use the account token, or a key made without --read-only',
      );
    }
  });
}

/** The caller of a request that was let in. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new RequestProblem(401, 'this call needs credentials');
  return request.caller;
}

function digest(user: string, password: string): Buffer {
  return createHash('sha256').update(`${user}:${password}`).digest();
}
