import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OwnAddresses } from './own-addresses.js';
import { RequestProblem } from './request-problem.js';

/** Seconds for which a browser may keep the answer to a preflight. */
const PREFLIGHT_AGE = 600;

/**
 * Refuses requests of web pages (Fetch Standard 3.1, the header `Origin`) but those of this server and those that were allowed, and lets the
 * latter read answers (CORS).
 *
 * @returns whether it was the preflight of a page that is allowed, which is answered then
 * @throws RequestProblem 403
 */
export function checkOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  own: OwnAddresses,
  allowed: readonly string[],
  methods: readonly string[],
): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  if (!allowed.includes(origin)) {
    if (own.isOwn(origin, request)) return false;
    const advice = 'start the server with its origin (--cors-origin) if it shall';
    throw new RequestProblem(403, `web pages of this origin may not call; ${advice}`);
  }
  reply.headers({
    'access-control-allow-origin': origin,
    vary: 'Origin',
    'access-control-expose-headers': 'retry-after',
  });
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  reply.code(204).headers({
    'access-control-allow-methods': methods.filter((name) => name !== 'HEAD').join(', '),
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': PREFLIGHT_AGE,
  });
  reply.send();
  return true;
}
