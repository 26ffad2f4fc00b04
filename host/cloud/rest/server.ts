import type { AddressInfo } from 'node:net';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isLoopback } from '../../node/addresses.js';
import { listenFailure } from '../../node/listen-failure.js';
import type { AccountCredentials } from '../store/accounts/accounts.js';
import { StoreError } from '../store/store-error.js';
import { callerOf, requireCaller } from './auth.js';
import { type Cloud, type CloudLog, type CloudOptions, limitsOf } from './cloud-options.js';
import { CloudStartError } from './cloud-start-error.js';
import { parseForm } from './form.js';
import { AllowedMethods } from './guard/allowed-methods.js';
import { ConnectionTable } from './guard/connection-table.js';
import { makeHttpServer } from './guard/http-server.js';
import { LogInGuard } from './guard/log-in-guard.js';
import { OwnAddresses, originForm } from './guard/own-addresses.js';
import { proxyTest } from './guard/proxies.js';
import { guardCallers, guardRequests } from './guard/request-guard.js';
import { TlsPair } from './guard/tls-pair.js';
import { AuditLog } from './observe/audit-log.js';
import { auditRequests } from './observe/audit-requests.js';
import { createCloudMetrics } from './observe/cloud-metrics.js';
import { healthRoutes } from './observe/health-routes.js';
import { problem, problemHeaders, problemOf, RequestProblem } from './problems.js';
import { pathOf } from './request-path.js';
import { deviceSideRoutes } from './routes/device-side-routes.js';
import { openApiRoute } from './routes/openapi-route.js';
import { pageRoute } from './routes/page-route.js';
import { addRoutes } from './routes/routes.js';

/** Room for 4096 characters of four UTF-8 bytes each, every byte percent-encoded, and some more fields. */
const BODY_LIMIT = 64 * 1024;
/** Keys that are too long must reach the route, whose answer says what is wrong with them. */
const MAX_PARAM_LENGTH = 4096;

/** See `startCloud`. @throws CloudStartError */
export async function serveStores(options: CloudOptions): Promise<Cloud> {
  const { store, host = '127.0.0.1', port = 0, log = () => {}, corsOrigins = [], trustedProxies = [] } = options;
  checkReach(host, options);
  const limits = limitsOf(options.limits);
  const tell = (line: string) => log(line, 'server');
  const own = new OwnAddresses(options);
  const isProxy = proxyTest(trustedProxies);
  const table = new ConnectionTable(limits, isProxy);
  const logIns = new LogInGuard({ burst: limits.logInBurst, rate: limits.logInRate });
  const closers: (() => void | Promise<void>)[] = [];
  try {
    const tls = options.tls && new TlsPair(options.tls, tell);
    closers.push(() => tls?.close());
    const audit = options.auditLog === undefined ? undefined : await AuditLog.open(options.auditLog, tell);
    closers.push(() => audit?.close());
    const metrics = await createCloudMetrics({
      connections: () => table.size,
      strangers: () => table.strangers,
      displaced: () => table.displaced,
      refused: () => table.refused,
      slowed: () => logIns.slowed,
      auditFailing: () => audit?.failure !== undefined,
    });
    closers.push(() => metrics.close());
    const app = Fastify({
      bodyLimit: BODY_LIMIT,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      trustProxy: isProxy,
      return503OnClosing: false,
      serverFactory: (listener) => makeHttpServer(listener, limits, table, tls),
      // The server does that itself.
      clientErrorHandler: () => {},
      rewriteUrl: originForm,
      frameworkErrors: (error, request, reply) => refuseAddress(error.code, request, reply as FastifyReply, log),
    });
    closers.push(() => {
      table.close(limits.closeTimeout);
      return app.close();
    });
    let url = '';
    const guard = { limits, table, own, logIns, corsOrigins };
    answerProblems(app, log);
    app.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
      metrics.answered(request.method, statusCode, elapsedTime / 1000);
      log(`${request.method} ${pathOf(request)} ${statusCode}`, 'request');
      done();
    });
    guardRequests(app, guard);
    await requireCaller(app, store, ownAccount(options));
    guardCallers(app, guard);
    if (audit) auditRequests(app, audit);
    app.removeAllContentTypeParsers();
    await app.register(formbody, { parser: (text) => ({ ...parseForm(text) }) });
    healthRoutes(app, store, metrics);
    addRoutes(app, {
      viewsOf: (request) => store.of(callerOf(request).accountSid),
      baseUrl: (request) => own.baseUrl(request, url),
    });
    openApiRoute(app);
    pageRoute(app);
    deviceSideRoutes(app, options);
    await listen(app, host, port);
    url = urlOf(app, own, tls !== undefined);
    let closing: Promise<void> | undefined;
    return {
      url,
      port: (app.server.address() as AddressInfo).port,
      reload: () => {
        tls?.reload();
        audit?.reopen();
      },
      close() {
        closing ??= closeAll(closers);
        return closing;
      },
    };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

/** @throws CloudStartError `options` for an address that other machines reach, without TLS, that was not asked for */
function checkReach(host: string, { tls, beyondLoopback = false }: CloudOptions): void {
  if (isLoopback(host) || tls || beyondLoopback) return;
  const advice = 'give it a certificate (--tls-cert, --tls-key), or say that it shall be so (--beyond-loopback)';
  const message = `${host} is not loopback: without TLS, others on the network could read tokens and values; ${advice}`;
  throw new CloudStartError('options', message);
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code, message } = listenFailure(error, 'the REST API', host, port);
    throw new CloudStartError(code, message, { cause: error });
  }
}

function ownAccount({ accountSid, authToken }: CloudOptions): AccountCredentials | undefined {
  return accountSid === undefined || authToken === undefined ? undefined : { accountSid, authToken };
}

/** The address for clients: the one that was given, else that of the socket, by a name that was given if it stands for all addresses. */
function urlOf(app: FastifyInstance, own: OwnAddresses, isSecure: boolean): string {
  if (own.publicUrl !== undefined) return own.publicUrl;
  const { address, family, port } = app.server.address() as AddressInfo;
  const isAny = address === '0.0.0.0' || address === '::';
  const shown = isAny ? (own.name ?? '127.0.0.1') : family === 'IPv6' ? `[${address}]` : address;
  return `${isSecure ? 'https' : 'http'}://${shown}:${port}`;
}

function refuseAddress(
  code: string,
  request: { method: string; url: string },
  reply: FastifyReply,
  log: CloudLog,
): void {
  const [status, message] =
    code === 'FST_ERR_BAD_URL' ? [400, 'the address is not percent-encoded UTF-8; encode the key in it'] : [414];
  log(`${request.method} ${pathOf(request)} ${status}`, 'request');
  reply.code(status).send(problem(status, message));
}

function answerProblems(app: FastifyInstance, log: CloudLog): void {
  const allowed = new AllowedMethods(app);
  app.setNotFoundHandler((request) => {
    throw allowed.problemOf(request.method, pathOf(request));
  });
  app.setErrorHandler((error, request: FastifyRequest, reply: FastifyReply) => {
    const body = problemOf(error);
    if (body.status >= 500) log(`${request.method} ${pathOf(request)} failed: ${describeFault(error)}`, 'server');
    return reply.code(body.status).headers(problemHeaders(error, body)).send(body);
  });
}

/** Only the kind of an unexpected error goes to the log, because its message could hold a value. */
function describeFault(error: unknown): string {
  if (error instanceof StoreError || error instanceof RequestProblem) return error.message;
  const { name, code } = (error ?? {}) as { name?: string; code?: string };
  return code === undefined ? (name ?? 'unknown error') : `${name} ${code}`;
}

/** In reverse order. */
async function closeAll(closers: (() => void | Promise<void>)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}
