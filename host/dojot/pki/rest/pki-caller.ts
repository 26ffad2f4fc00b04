import type { FastifyRequest } from 'fastify';
import { RequestProblem } from '../../../http/request-problem.js';
import type { EntityName } from '../records/entity-name.js';
import type { DojotUser } from '../records/users.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** who makes the call; undefined on the internal listener, and before the token was looked at */
    pkiCaller: DojotUser | undefined;
  }
}

/**
 * Refuses what is of another tenant than the caller's. On the internal listener everything is allowed.
 *
 * @throws RequestProblem 403
 */
export function mustBeOwn({ pkiCaller }: FastifyRequest, { name, tenant }: EntityName): void {
  if (pkiCaller === undefined || pkiCaller.tenant === tenant) return;
  const whose = tenant === '' ? 'is a service, which enrols at the internal port' : `is of the tenant ${tenant}`;
  throw new RequestProblem(403, `${name} ${whose}; your token is for ${pkiCaller.tenant}:DEVICE`);
}

/** Whether the caller may know of it at all. */
export function isOwn({ pkiCaller }: FastifyRequest, { tenant }: { tenant: string }): boolean {
  return pkiCaller === undefined || pkiCaller.tenant === tenant;
}
