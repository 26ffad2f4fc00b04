import { RequestProblem } from '../../../http/request-problem.js';

/** As a certificate can have it for its common name (RFC 5280, ub-common-name), and as a part of an address and of a topic. */
const ENTITY = /^(?!\.)[0-9A-Za-z._@-]{1,64}$|^(?=.{3,64}$)[0-9a-z_]+:[0-9A-Za-z._-]+$/;

/** `tenant:device`, or the name of a service. */
export interface EntityName {
  /** empty for a service */
  tenant: string;
  name: string;
}

/** @throws RequestProblem 400 */
export function entityName(name: unknown): EntityName {
  if (typeof name !== 'string' || name === '') throw new RequestProblem(400, 'username is missing; send TENANT:DEVICE');
  if (!ENTITY.test(name)) {
    const rule =
      'TENANT:DEVICE (tenant of a-z 0-9 _, device of letters, digits . _ -) or the name of a service, at most 64 characters';
    throw new RequestProblem(400, `the name cannot be that of an entity; use ${rule}`);
  }
  const colon = name.indexOf(':');
  return { tenant: colon < 0 ? '' : name.slice(0, colon), name };
}
