import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ConnectionTable } from './connection-table.js';
import { type LogInGuard, shownInHeader } from './log-ins/log-in-guard.js';
import { checkOrigin } from './origins.js';
import type { OwnAddresses } from './own-addresses.js';
import { RequestProblem } from './request-problem.js';
import type { ServiceLimits } from './service-options.js';

export interface RequestGuardOptions {
  limits: ServiceLimits;
  table: ConnectionTable;
  own: OwnAddresses;
  logIns: LogInGuard;
  corsOrigins: readonly string[];
  traits: {
    methods: readonly string[];
    /** whether what is in the header Authorization can be guessed */
    slowsGuesses: boolean;
    /** whether somebody has shown credentials that were right */
    hasLoggedIn(request: FastifyRequest): boolean;
  };
}

// Hooks with `done`, not promises: these run for each request.

/** What holds before credentials are looked at. Comes before the hooks that look at them. */
export function guardRequests(app: FastifyInstance, { own, logIns, corsOrigins, traits }: RequestGuardOptions): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(HEADERS);
    let waiting: Promise<void> | undefined;
    try {
      own.check(request);
      if (checkOrigin(request, reply, own, corsOrigins, traits.methods)) return;
      const shown = traits.slowsGuesses ? shownInHeader(request) : undefined;
      waiting = shown && logIns.begin(request, shown, now);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (waiting === undefined) done();
    else waiting.then(() => done(), done);
  });
}

/** What follows from credentials that were right or wrong, and what holds of bodies and answers. */
export function guardCallers(app: FastifyInstance, { limits, table, logIns, traits }: RequestGuardOptions): void {
  // The hooks of `onRequest` are over, so whoever has credentials has shown them.
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    if (traits.hasLoggedIn(request)) {
      logIns.succeeded(request);
      table.loggedIn(request.raw.socket);
    }
    done(encodingProblem(request));
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const refused = traits.slowsGuesses && reply.statusCode === 401 ? shownInHeader(request) : undefined;
    if (refused) logIns.failed(request, refused);
    else logIns.ended(request);
    if (table.isClosing) reply.header('connection', 'close');
    // Until the answer begins, a request may wait for something. From then on the client has to take it.
    request.raw.socket.setTimeout(limits.answerTimeout);
    done();
  });
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

const now = () => performance.now();

/** A body that is compressed would be taken for what it is not (RFC 9110 15.5.16). */
function encodingProblem({ headers }: FastifyRequest): RequestProblem | undefined {
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding.toLowerCase() === 'identity') return undefined;
  const message = 'the content-encoding of the body is not known here; send it as it is';
  return new RequestProblem(415, message, { 'accept-encoding': 'identity' });
}
