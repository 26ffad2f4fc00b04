import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CloudLimits } from '../cloud-options.js';
import { RequestProblem } from '../problems.js';
import type { ConnectionTable } from './connection-table.js';
import type { LogInGuard } from './log-in-guard.js';
import { checkOrigin } from './origins.js';
import type { OwnAddresses } from './own-addresses.js';

export interface RequestGuardOptions {
  limits: CloudLimits;
  table: ConnectionTable;
  own: OwnAddresses;
  logIns: LogInGuard;
  corsOrigins: readonly string[];
}

/** What holds before credentials are looked at. Comes before the hooks that look at them. */
export function guardRequests(app: FastifyInstance, { own, logIns, corsOrigins }: RequestGuardOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    own.check(request);
    if (checkOrigin(request, reply, own, corsOrigins)) return reply;
    if (!isOpen(request)) logIns.begin(request, performance.now());
  });
}

/** What follows from credentials that were right or wrong, and what holds of bodies and answers. */
export function guardCallers(app: FastifyInstance, { limits, table, logIns }: RequestGuardOptions): void {
  // The hooks of `onRequest` are over, so whoever comes here has logged in, but for open routes.
  app.addHook('preParsing', async (request) => {
    if (!isOpen(request)) logIns.succeeded(request);
    // Calls of devices are open for callers, and have keys of their own.
    if (!isOpen(request) || request.device) table.loggedIn(request.raw.socket);
    checkEncoding(request);
  });
  app.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply) => {
    if (reply.statusCode === 401) logIns.failed(request);
    else logIns.undecided(request);
    if (table.isClosing) reply.header('connection', 'close');
    // Until the answer begins, a request may wait for something. From then on the client has to take it.
    request.raw.socket.setTimeout(limits.answerTimeout);
  });
}

/** For everybody, so whatever credentials come with it were not checked. */
function isOpen(request: FastifyRequest): boolean {
  return request.routeOptions.config?.open === true;
}

/** A body that is compressed would be taken for what it is not (RFC 9110 15.5.16). */
function checkEncoding({ headers }: FastifyRequest): void {
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding.toLowerCase() === 'identity') return;
  const message = 'the content-encoding of the body is not known here; send it as it is';
  throw new RequestProblem(415, message, { 'accept-encoding': 'identity' });
}
