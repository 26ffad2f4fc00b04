import formbody from '@fastify/formbody';
import type { FastifyRequest } from 'fastify';
import { HttpService, type ServiceTraits } from '../../http/http-service.js';
import { pathOf } from '../../http/request-path.js';
import { RequestProblem } from '../../http/request-problem.js';
import type { AccountCredentials } from '../store/accounts/accounts.js';
import { StoreError } from '../store/store-error.js';
import { callerOf, requireCaller } from './auth.js';
import type { Cloud, CloudOptions } from './cloud-options.js';
import { parseForm } from './form.js';
import { AuditLog } from './observe/audit-log.js';
import { auditRequests } from './observe/audit-requests.js';
import { createCloudMetrics } from './observe/cloud-metrics.js';
import { healthRoutes } from './observe/health-routes.js';
import { problem, problemHeaders, problemOf } from './problems.js';
import { deviceSideRoutes } from './routes/device-side-routes.js';
import { openApiRoute } from './routes/openapi-route.js';
import { pageRoute } from './routes/page-route.js';
import { addRoutes } from './routes/routes.js';

const TRAITS: ServiceTraits = {
  what: 'the REST API',
  calls: 'the calls under /v1',
  methods: ['GET', 'HEAD', 'POST', 'DELETE'],
  // Room for 4096 characters of four UTF-8 bytes each, every byte percent-encoded, and some more fields.
  bodyLimit: 64 * 1024,
  // Keys that are too long must reach the route, whose answer says what is wrong with them.
  maxParamLength: 4096,
  slowsGuesses: true,
  hasLoggedIn: ({ caller, device }: FastifyRequest) => caller !== undefined || device !== undefined,
  refusal: problem,
  answerTo(error) {
    const body = problemOf(error);
    const { status } = body;
    return {
      status,
      body,
      headers: problemHeaders(error, body),
      fault: status >= 500 ? describeFault(error) : undefined,
    };
  },
};

/** See `startCloud`. @throws ServiceStartError */
export async function serveStores(options: CloudOptions): Promise<Cloud> {
  const { store, log = () => {} } = options;
  const closers: (() => void | Promise<void>)[] = [];
  try {
    const service = new HttpService(options, TRAITS);
    const { app, own, table, logIns } = service;
    closers.push(() => service.close());
    const audit =
      options.auditLog === undefined ? undefined : await AuditLog.open(options.auditLog, (line) => log(line, 'server'));
    // Requests that are being served write to it: it ends after the service.
    closers.unshift(() => audit?.close());
    const metrics = await createCloudMetrics({
      connections: () => table.size,
      strangers: () => table.strangers,
      displaced: () => table.displaced,
      refused: () => table.refused,
      slowed: () => logIns.slowed,
      auditFailing: () => audit?.failure !== undefined,
    });
    closers.unshift(() => metrics.close());
    app.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
      metrics.answered(request.method, statusCode, elapsedTime / 1000);
      log(`${request.method} ${pathOf(request)} ${statusCode}`, 'request');
      done();
    });
    service.guardStrangers();
    await requireCaller(app, store, ownAccount(options));
    service.guardCallers();
    if (audit) auditRequests(app, audit);
    app.removeAllContentTypeParsers();
    await app.register(formbody, { parser: (text) => ({ ...parseForm(text) }) });
    healthRoutes(app, store, metrics);
    addRoutes(app, {
      viewsOf: (request) => store.of(callerOf(request).accountSid),
      baseUrl: (request) => own.baseUrl(request, service.url),
    });
    openApiRoute(app);
    pageRoute(app);
    deviceSideRoutes(app, options);
    const port = await service.listen();
    let closing: Promise<void> | undefined;
    return {
      url: service.url,
      port,
      reload: () => {
        service.reload();
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

function ownAccount({ accountSid, authToken }: CloudOptions): AccountCredentials | undefined {
  return accountSid === undefined || authToken === undefined ? undefined : { accountSid, authToken };
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
