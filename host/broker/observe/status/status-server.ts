import { type AddressInfo, isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { httpUrl, isLoopback } from '../../../node/addresses.js';
import { listenFailure } from '../../../node/listen-failure.js';
import type { BrokerState } from '../broker-state.js';
import type { BrokerMetrics } from '../metrics.js';
import { StatusProblem } from './status-problem.js';
import { statusRoutes } from './status-routes.js';
import { StatusServerError } from './status-server-error.js';

export interface StatusServerOptions {
  state: BrokerState;
  /** For `/metrics`; without it there is none. */
  metrics?: BrokerMetrics;
  /** Of the broker. */
  version: string;
  /** Lists of the program around the broker, under `/v1/` and their names. */
  more?: Readonly<Record<string, () => Iterable<unknown>>>;
  /** The address to listen on. Default 127.0.0.1; anything else than loopback needs `beyondLoopback`. */
  host?: string;
  /** 0 for any free port. Default 0. */
  port?: number;
  /** Let other machines read what clients there are and what they subscribe to: nobody is asked who he is. Default false. */
  beyondLoopback?: boolean;
  /** Names under which clients may ask, besides addresses and `localhost`: the Host header is checked. Default: none. */
  names?: readonly string[];
}

/** A running status server. */
export interface StatusServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends its connections. */
  close(): Promise<void>;
}

/** Milliseconds that a request may take to come, and that a connection may be silent. */
const REQUEST_TIMEOUT = 10_000;
const CONNECTIONS = 64;
/** Bytes of the headers of a request. */
const HEADERS = 8192;

/**
 * Serves what a broker holds as JSON, by GET, and its metrics.
 *
 * @throws StatusServerError for an address beyond loopback that was not asked for, and for one that cannot be listened on
 *
 * @example
 * ```ts
 * import { createBroker, type StatusServer, type StatusServerOptions, startStatusServer } from 'wasmqtt/broker';
 *
 * const broker = await createBroker();
 * const options: StatusServerOptions = { state: broker.engine.inspection, version: '1', port: 0 };
 * const server: StatusServer = await startStatusServer(options);
 * server.url === `http://127.0.0.1:${server.port}`; // => true
 * await server.close();
 * await broker.close();
 * ```
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { host = '127.0.0.1', port = 0, beyondLoopback = false, names = [] } = options;
  if (!beyondLoopback && !isLoopback(host)) {
    const advice = 'set beyondLoopback: true if they shall, or use 127.0.0.1';
    const text = `the status server's host ${host} is not loopback: other machines could read from it; ${advice}`;
    throw new StatusServerError('options', text);
  }
  // Nothing else of the broker needs it.
  const { default: Fastify } = await import('fastify');
  const app = Fastify({
    bodyLimit: 1024,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: REQUEST_TIMEOUT,
    forceCloseConnections: true,
    http: { maxHeaderSize: HEADERS, headersTimeout: REQUEST_TIMEOUT },
    frameworkErrors: (_error, _request, reply) => {
      (reply as FastifyReply).code(400).send({ status: 400, message: 'the address is not percent-encoded UTF-8' });
    },
  });
  app.server.maxConnections = CONNECTIONS;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    checkHost(request, names);
  });
  answerProblems(app);
  statusRoutes(app, options);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const { code, message } = listenFailure(error, 'the status server', host, port);
    throw new StatusServerError(code, message, { cause: error });
  }
  const address = app.server.address() as AddressInfo;
  return { url: httpUrl(address), port: address.port, close: () => app.close() };
}

/**
 * A web page of somebody else can make its own name stand for this address (DNS rebinding), and then read what its visitor may read. Its
 * name stays in the Host header.
 */
function checkHost({ headers }: FastifyRequest, names: readonly string[]): void {
  const name = /^(.*?)(:\d{1,5})?$/.exec(headers.host ?? '')?.[1].toLowerCase() ?? '';
  const address = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  if (isIP(address) !== 0 || name === 'localhost' || names.some((known) => known.toLowerCase() === name)) return;
  throw new StatusProblem(421, 'the Host header is a name that this server does not go by; ask by its address');
}

function answerProblems(app: FastifyInstance): void {
  app.setNotFoundHandler(({ method, url }) => {
    const path = url.replace(/\?.*$/s, '');
    throw new StatusProblem(404, `there is no ${method} ${path}; GET / lists what there is`);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    const message = status < 500 ? error.message : 'the broker could not answer; see its log';
    return reply.code(status).send({ status, message });
  });
}
