import type { AddressInfo } from 'node:net';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { httpUrl } from '../../node/addresses.js';
import { listenFailure } from '../../node/listen-failure.js';
import type { AccountCredentials } from '../store/accounts/accounts.js';
import type { Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { callerOf, requireCaller } from './auth.js';
import { CloudStartError } from './cloud-start-error.js';
import { parseForm } from './form.js';
import { problem, problemOf, RequestProblem } from './problems.js';
import { deviceSideRoutes } from './routes/device-side-routes.js';
import { openApiRoute } from './routes/openapi-route.js';
import { addRoutes } from './routes/routes.js';

export interface CloudOptions {
  store: Store;
  /** the address to listen on; default 127.0.0.1 */
  host?: string;
  /** the port to listen on, 0 for a free one; default 0 */
  port?: number;
  /** an account that this server lets in besides those of the store, with `authToken`: `AC` and 32 hex digits */
  accountSid?: string;
  authToken?: string;
  /** milliseconds that a device waits for changes until it is answered all the same; default 50,000 */
  deviceWait?: number;
  /** gets one line for each request: method, path and status */
  log?: (line: string) => void;
}

/** A running server. */
export interface Cloud {
  /** base address, which takes the place of the original service's: `http://127.0.0.1:PORT` */
  url: string;
  port: number;
  /** stops listening and waits for the requests that are being served; the store stays open */
  close(): Promise<void>;
}

/** Room for 4096 characters of four UTF-8 bytes each, every byte percent-encoded, and some more fields. */
const BODY_LIMIT = 64 * 1024;
/** Keys that are too long must reach the route, whose answer says what is wrong with them. */
const MAX_PARAM_LENGTH = 4096;

/** See `startCloud`. @throws CloudStartError */
export async function serveStores(options: CloudOptions): Promise<Cloud> {
  const { store, host = '127.0.0.1', port = 0, log } = options;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (_error, request, reply) => {
      log?.(`${request.method} ${pathOf(request)} 400`);
      const message = 'the address is not percent-encoded UTF-8; encode the key in it';
      (reply as FastifyReply).code(400).send(problem(400, message));
    },
  });
  try {
    answerProblems(app, log);
    await requireCaller(app, store, ownAccount(options));
    app.removeAllContentTypeParsers();
    await app.register(formbody, { parser: (text) => ({ ...parseForm(text) }) });
    addRoutes(app, {
      viewsOf: (request) => store.of(callerOf(request).accountSid),
      baseUrl: (request) => baseUrl(request, app),
    });
    openApiRoute(app);
    deviceSideRoutes(app, options);
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const { code, message } = listenFailure(error, 'the REST API', host, port);
    throw new CloudStartError(code, message, { cause: error });
  }
  const address = app.server.address() as AddressInfo;
  return { url: httpUrl(address), port: address.port, close: () => app.close() };
}

function ownAccount({ accountSid, authToken }: CloudOptions): AccountCredentials | undefined {
  return accountSid === undefined || authToken === undefined ? undefined : { accountSid, authToken };
}

function answerProblems(app: FastifyInstance, log: CloudOptions['log']): void {
  app.setNotFoundHandler((request) => {
    throw new RequestProblem(404, `there is no ${request.method} ${pathOf(request)}; see the calls under /v1`);
  });
  app.setErrorHandler((error, request: FastifyRequest, reply: FastifyReply) => {
    const body = problemOf(error);
    if (body.status >= 500) log?.(`${request.method} ${pathOf(request)} failed: ${describeFault(error)}`);
    return reply.code(body.status).send(body);
  });
  if (log) {
    app.addHook('onResponse', async (request, reply) => {
      log(`${request.method} ${pathOf(request)} ${reply.statusCode}`);
    });
  }
}

/** Messages and logs leave the query out, because it may hold anything. */
function pathOf(request: { url: string }): string {
  return request.url.replace(/\?.*$/s, '');
}

/** Only the kind of an unexpected error goes to the log, because its message could hold a value. */
function describeFault(error: unknown): string {
  if (error instanceof StoreError) return error.message;
  const { name, code } = error as { name?: string; code?: string };
  return code === undefined ? (name ?? 'unknown error') : `${name} ${code}`;
}

/** Addresses in answers begin like the one that the client used, so that they work from where the client is. */
function baseUrl(request: FastifyRequest, app: FastifyInstance): string {
  const host = request.headers.host;
  if (host !== undefined && /^[\w.-]+(:\d{1,5})?$|^\[[\da-fA-F:.]+\](:\d{1,5})?$/.test(host)) return `http://${host}`;
  return httpUrl(app.server.address() as AddressInfo);
}
