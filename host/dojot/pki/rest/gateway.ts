import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf } from '../../../http/request-path.js';
import { RequestProblem } from '../../../http/request-problem.js';
import type { Generation } from '../../generation.js';
import type { Tokens } from '../tokens.js';
import './pki-caller.js';

/** What a user of the group `user` may call; `admin` may call everything. */
const RIGHTS: Readonly<Record<1 | 2, readonly (readonly [method: string, path: RegExp])[]>> = {
  1: [
    ['GET', /^\/ca(\/|$)/],
    ['POST', /^\/sign\//],
  ],
  2: [
    ['GET', /^\/x509\/v1\//],
    ['POST', /^\/x509\/v1\/certificates$/],
  ],
};

/**
 * Demands a token of `POST /auth` before anything of a request is read, as Kong does with its plugins jwt and pepkong. That holds for
 * every path but open ones, also for those that do not exist.
 */
export function demandTokens(app: FastifyInstance, tokens: Tokens, generation: Generation): void {
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config?.open) return;
    request.pkiCaller = await callerOf(request, tokens, generation);
    const rights = RIGHTS[generation === 1 ? 1 : 2];
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const path = pathOf(request);
    if (request.pkiCaller.group === 'admin' || rights.some(([verb, place]) => verb === method && place.test(path)))
      return;
    throw new RequestProblem(
      403,
      `a user of the group "user" may not ${method} this; log in as one of the group "admin"`,
    );
  });
}

async function callerOf(request: FastifyRequest, tokens: Tokens, generation: Generation) {
  const { authorization } = request.headers;
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) throw unauthorized(generation === 1 ? MISSING : 'Missing JWT token');
  const bearer = await tokens.verify(token);
  if ('user' in bearer) return bearer.user;
  if (bearer.refused === 'expired') throw unauthorized('the token has expired; get another one with POST /auth');
  throw unauthorized(generation === 1 ? INVALID : 'Invalid JWT token');
}

const MISSING = 'the token is missing; get one with POST /auth, and send "Authorization: Bearer TOKEN"';
const INVALID = 'the token was not made here, or its user is no more; get another one with POST /auth';

function unauthorized(message: string): RequestProblem {
  return new RequestProblem(401, message, { 'www-authenticate': 'Bearer' });
}
