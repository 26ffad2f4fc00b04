import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isChange, pathOf } from '../../../http/request-path.js';
import { RequestProblem } from '../../../http/request-problem.js';
import type { AuditEntry, AuditLog } from './audit-log.js';
import { auditedAction } from './audited-action.js';

const SID = /^(?:AC|SK|UV)[\da-f]{32}$/i;

/**
 * Notes every change that a caller made or was refused, and every failed log-in. A change is answered when its entry is on the disk. Reads
 * are not noted: secrets cannot be read.
 */
export function auditRequests(app: FastifyInstance, audit: AuditLog): void {
  // The body has been read: what was refused is noted with its key.
  app.addHook('preHandler', async ({ method, caller }) => {
    if (caller === undefined || !isChange(method) || audit.failure === undefined || (await audit.retry())) return;
    const message = 'the audit log cannot be written, so nothing is changed; the log of the server says why; try again';
    throw new RequestProblem(503, message);
  });
  app.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply) => {
    const { method, caller, headers } = request;
    if (caller !== undefined && isChange(method)) await audit.write(entryOf(request, reply.statusCode));
    else if (reply.statusCode === 401 && headers.authorization)
      void audit.write(logInEntry(request, headers.authorization));
  });
}

function entryOf(request: FastifyRequest, status: number): AuditEntry {
  const who = request.caller?.keySid ?? request.caller?.accountSid;
  const outcome = status < 400 ? 'done' : status < 500 ? 'refused' : 'failed';
  return { ...begin(request), who, ...auditedAction(request, pathOf(request)), outcome, status };
}

/** The name is noted when it has the form of a SID only: people type tokens into the wrong field. */
function logInEntry(request: FastifyRequest, authorization: string): AuditEntry {
  const [name] = Buffer.from(authorization.replace(/^basic +/i, ''), 'base64')
    .toString('latin1')
    .split(':', 1);
  const claimed = SID.test(name) ? name : undefined;
  return { ...begin(request), claimed, action: 'log in', outcome: 'refused', status: 401 };
}

function begin({ ip }: FastifyRequest): { time: string; from: string } {
  return { time: new Date().toISOString(), from: ip };
}
