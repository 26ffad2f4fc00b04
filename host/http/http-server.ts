import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionTable } from './connection-table.js';
import { answerProblem, answerRaw, statusOfParserError } from './raw-answers.js';
import type { ServiceLimits } from './service-options.js';
import type { TlsPair } from './tls-pair.js';

/** Milliseconds between two looks at deadlines, which Node keeps; its own default is half a minute. */
const LOOK = 1000;

/** What the server needs for what it refuses itself. */
export interface Refusing {
  /** the body of an answer with this status */
  refusal(status: number): object;
  /** methods that some path takes */
  methods: readonly string[];
}

/** An HTTP or HTTPS server whose connections have limits and deadlines, and whose own refusals have the form of all others. */
export function makeHttpServer(
  listener: RequestListener,
  limits: ServiceLimits,
  table: ConnectionTable,
  { refusal, methods }: Refusing,
  tls: TlsPair | undefined,
): Server {
  const { requestTimeout, keepAliveTimeout, headerSize, handshakeTimeout } = limits;
  const headersTimeout = Math.min(limits.headersTimeout, requestTimeout);
  const options: ServerOptions = {
    requestTimeout,
    headersTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval: Math.min(LOOK, Math.ceil(headersTimeout / 4)),
    maxHeaderSize: headerSize,
    // The guard of names says what is wrong with it.
    requireHostHeader: false,
  };
  const server = tls
    ? createSecureServer({ ...options, ...tls.options, handshakeTimeout }, listener)
    : createServer(options, listener);
  // Otherwise lines beyond the 2,000th would be left out unseen; all of them together have a limit.
  server.maxHeadersCount = 0;
  tls?.serve(server as ReturnType<typeof createSecureServer>);
  server.on('connection', (socket: Socket) => table.admit(socket));
  server.prependListener('request', (request, response) => table.requested(request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, table, refusal));
  server.on('connect', (_request, socket: Socket) =>
    answerRaw(socket, 405, refusal, true, [`allow: ${methods.join(', ')}`]),
  );
  server.on('checkExpectation', (_request, response) => answerProblem(response, 417, refusal));
  return server;
}

/** What comes is not HTTP, or not in time. A failed TLS handshake comes here too. */
function refuse(
  error: NodeJS.ErrnoException,
  socket: Socket,
  table: ConnectionTable,
  refusal: Refusing['refusal'],
): void {
  const status = statusOfParserError(error.code);
  if (status === undefined || table.owesAnswer(socket)) socket.destroy();
  else answerRaw(socket, status, refusal, status === 408);
}
