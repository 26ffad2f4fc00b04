import type { FastifyInstance, FastifyRequest } from 'fastify';
import { COLLECTIONS, collectionPath, restPath, type Scope, type StoreName } from '../../store/values/scope.js';
import type { ValueStore } from '../../store/values/value-store.js';
import { formField } from '../form.js';
import { pageMeta, parsePageRequest } from '../paging.js';
import { valueReply } from '../replies.js';

export interface ValueRoutesOptions {
  values: ValueStore;
  /** the address at which the client reached this server, without a slash at its end */
  baseUrl: (request: FastifyRequest) => string;
}

interface ValueParams {
  deviceSid?: string;
  key: string;
}

/** List, create, fetch, update and delete, for configs and secrets of the account and of a device. */
export function valueRoutes(app: FastifyInstance, options: ValueRoutesOptions): void {
  for (const name of ['configs', 'secrets'] as const) {
    addCollection(app, `/v1/${COLLECTIONS[name]}`, name, options);
    addCollection(app, `/v1/Devices/:deviceSid/${COLLECTIONS[name]}`, name, options);
  }
}

function addCollection(app: FastifyInstance, path: string, name: StoreName, { values, baseUrl }: ValueRoutesOptions) {
  const place = (request: FastifyRequest) => {
    const { deviceSid } = request.params as ValueParams;
    const scope: Scope = deviceSid === undefined ? { kind: 'account' } : { kind: 'device', deviceSid };
    const collection = collectionPath(scope, name);
    return { scope, collection, url: `${baseUrl(request)}/v1${restPath(collection)}` };
  };
  const keyOf = (request: FastifyRequest) => (request.params as ValueParams).key;

  app.get(path, async (request) => {
    const { scope, collection, url } = place(request);
    const wanted = parsePageRequest(request.query);
    const listed = await values.list(scope, name, wanted.range);
    const last = listed.at(-1);
    const more = last !== undefined && (await values.list(scope, name, { after: last.key, limit: 1 })).length > 0;
    return {
      [name]: listed.map((value) => valueReply(collection, url, value)),
      meta: pageMeta(url, name, wanted, listed, more),
    };
  });

  app.post(path, async (request, reply) => {
    const { scope, collection, url } = place(request);
    const created = await values.create(scope, name, formField(request.body, 'Key'), formField(request.body, 'Value'));
    return reply.code(201).send(valueReply(collection, url, created));
  });

  app.get(`${path}/:key`, async (request) => {
    const { scope, collection, url } = place(request);
    return valueReply(collection, url, await values.fetch(scope, name, keyOf(request)));
  });

  app.post(`${path}/:key`, async (request) => {
    const { scope, collection, url } = place(request);
    const updated = await values.update(scope, name, keyOf(request), formField(request.body, 'Value'));
    return valueReply(collection, url, updated);
  });

  app.delete(`${path}/:key`, async (request, reply) => {
    await values.delete(place(request).scope, name, keyOf(request));
    return reply.code(204).send();
  });
}
