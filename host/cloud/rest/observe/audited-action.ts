import type { FastifyRequest } from 'fastify';
import type { Form } from '../form.js';

/** What a request does, to what: words of the REST calls. Holds names only, never a value. */
export interface AuditedAction {
  action: string;
  /** `account`, or the device as the request named it */
  scope: string;
  /** `configs`, `secrets`, `devices` */
  what?: string;
  /** name of the thing: a key, a SID */
  key?: string;
}

const NAMES = ['Key', 'UniqueName'];

/** The longest name that is noted: whoever is refused may have sent anything. */
const LONGEST = 256;

/** @param path without a query */
export function auditedAction({ method, body }: Pick<FastifyRequest, 'method' | 'body'>, path: string): AuditedAction {
  const [, , ...parts] = path.split('/').map(decoded);
  const isOfDevice = parts[0] === 'Devices' && parts.length > 2;
  const [what, key = nameIn(body)] = isOfDevice ? parts.slice(2) : parts;
  const isNamed = (isOfDevice ? parts.slice(2) : parts).length > 1;
  return {
    action: method === 'POST' ? (isNamed ? 'update' : 'create') : method === 'GET' ? 'read' : method.toLowerCase(),
    scope: isOfDevice ? parts[1] : 'account',
    what: what?.toLowerCase(),
    key: key?.slice(0, LONGEST),
  };
}

function nameIn(body: unknown): string | undefined {
  const form = body as Form | null | undefined;
  if (!form || !('fields' in form)) return undefined;
  return NAMES.map((name) => form.fields.get(name)).find((name) => name !== undefined);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part).slice(0, LONGEST);
  } catch {
    return part.slice(0, LONGEST);
  }
}
