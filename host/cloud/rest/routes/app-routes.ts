import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestProblem } from '../../../http/request-problem.js';
import { DEFAULT_APP_BYTES } from '../../store/apps/app-module.js';
import { MOST_POLITE, type StoredApp } from '../../store/apps/apps.js';
import { pageMeta, parsePageRequest, readCount, readPage } from '../paging.js';
import { isoSeconds } from '../replies.js';
import { APP_OR_NAME, COUNT, PAGE_QUERY, UNIQUE_NAME } from '../schema/fields.js';
import { refTo } from '../schema/json-schema.js';
import { operation } from '../schema/operation.js';
import { APP, listOf, MANIFEST } from '../schema/resources.js';
import type { RouteContext } from './route-context.js';

const MODULE_TYPES = ['application/wasm', 'application/octet-stream'];
const UPLOAD = 'curl --data-binary @app.wasm --header "Content-Type: application/wasm"';

const tag = 'Apps';
const path = { App: APP_OR_NAME };

const SCHEMAS = {
  list: operation({
    id: 'ListApp',
    summary: 'List the applications',
    tag,
    query: PAGE_QUERY,
    answer: { status: 200, body: listOf('apps', APP) },
  }),
  create: operation({
    id: 'CreateApp',
    summary: 'Store an application: the body is its WebAssembly module',
    tag,
    query: {
      UniqueName: UNIQUE_NAME,
      Politeness: {
        ...COUNT,
        maximum: MOST_POLITE,
        default: 0,
        description: 'seconds that the application before it has for mvRestart',
      },
    },
    upload: MODULE_TYPES,
    answer: { status: 201, body: refTo(APP) },
  }),
  fetch: operation({
    id: 'FetchApp',
    summary: 'Fetch an application',
    tag,
    path,
    answer: { status: 200, body: refTo(APP) },
  }),
  manifest: operation({
    id: 'FetchAppManifest',
    summary: 'Fetch the manifest of an application',
    tag,
    path,
    answer: { status: 200, body: refTo(MANIFEST) },
  }),
  delete: operation({
    id: 'DeleteApp',
    summary: 'Delete an application that no device is to run',
    tag,
    path,
    answer: { status: 204 },
  }),
};

/** List, create, fetch and delete applications. */
export function appRoutes(app: FastifyInstance, { viewsOf, baseUrl }: RouteContext): void {
  const collection = (request: FastifyRequest) => `${baseUrl(request)}/v1/Apps`;
  const nameOf = (request: FastifyRequest) => (request.params as { App: string }).App;
  const reply = (request: FastifyRequest, stored: StoredApp) =>
    appReply(viewsOf(request).accountSid, collection(request), stored);

  app.get('/v1/Apps', { schema: SCHEMAS.list }, async (request) => {
    const { apps } = viewsOf(request);
    const wanted = parsePageRequest(request.query);
    const { items, more } = await readPage(
      wanted,
      (range) => apps.list(range),
      ({ sid }) => sid,
    );
    const keys = items.map(({ sid }) => ({ key: sid }));
    return {
      apps: items.map((stored) => reply(request, stored)),
      meta: pageMeta(collection(request), 'apps', wanted, keys, more),
    };
  });

  app.get('/v1/Apps/:App', { schema: SCHEMAS.fetch }, async (request) =>
    reply(request, await viewsOf(request).apps.fetch(nameOf(request))),
  );

  app.get('/v1/Apps/:App/Manifest', { schema: SCHEMAS.manifest }, async (request) => {
    const { sid, sha256, size, politeness } = await viewsOf(request).apps.fetch(nameOf(request));
    const hash = `sha256:${sha256}`;
    const encoded = Buffer.from(JSON.stringify({ hash, size, politeness })).toString('base64');
    return { app_sid: sid, hash, encoded_bytes: encoded, url: `${collection(request)}/${sid}/Manifest` };
  });

  app.delete('/v1/Apps/:App', { schema: SCHEMAS.delete }, async (request, reply) => {
    await viewsOf(request).apps.delete(nameOf(request));
    return reply.code(204).send();
  });

  // Only this call takes modules.
  void app.register(async (upload) => {
    const options = { parseAs: 'buffer', bodyLimit: DEFAULT_APP_BYTES } as const;
    upload.addContentTypeParser(MODULE_TYPES, options, (_request, bytes, done) => done(null, bytes));
    upload.setErrorHandler((error) => {
      throw refusalOf(error as { statusCode?: number });
    });
    upload.post('/v1/Apps', { schema: SCHEMAS.create }, async (request, answer) => {
      const { UniqueName, Politeness } = request.query as { UniqueName?: string; Politeness?: string };
      const { body } = request;
      if (!Buffer.isBuffer(body)) throw new RequestProblem(415, `send the module as the body (${UPLOAD})`);
      const politeness = readCount('Politeness', Politeness, 0, { least: 0, most: Number.MAX_SAFE_INTEGER });
      if (Array.isArray(UniqueName)) throw new RequestProblem(400, 'UniqueName is given twice; give it once');
      const stored = await viewsOf(request).apps.create(body, { uniqueName: UniqueName, politeness });
      return answer.code(201).send(reply(request, stored));
    });
  });
}

/** Fastify's refusals of a body, in words for this call. */
function refusalOf(error: { statusCode?: number }): unknown {
  if (error instanceof RequestProblem) return error;
  if (error.statusCode === 413) {
    return new RequestProblem(413, `the application is too large; it has at most ${DEFAULT_APP_BYTES} bytes`);
  }
  if (error.statusCode === 415) return new RequestProblem(415, `the body is not a module; send it as one (${UPLOAD})`);
  return error;
}

/** @param collection absolute address of the list of applications */
function appReply(accountSid: string, collection: string, { sid, uniqueName, sha256, dateCreated }: StoredApp) {
  const url = `${collection}/${sid}`;
  const date = isoSeconds(dateCreated);
  return {
    sid,
    account_sid: accountSid,
    hash: `sha256:${sha256}`,
    unique_name: uniqueName ?? null,
    date_created: date,
    // An application never changes.
    date_updated: date,
    url,
    links: { manifest: `${url}/Manifest` },
  };
}
