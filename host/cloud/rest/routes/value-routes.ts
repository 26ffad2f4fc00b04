import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ListPage } from '../../store/list-page.js';
import { COLLECTIONS, collectionPath, restPath, type Scope, type StoreName } from '../../store/values/scope.js';
import { formField } from '../form.js';
import { pageMeta, parsePageRequest, readPage } from '../paging.js';
import { valueReply } from '../replies.js';
import { DEVICE_OR_NAME, KEY, NEW_KEY, PAGE_QUERY, VALUE } from '../schema/fields.js';
import { refTo } from '../schema/json-schema.js';
import { operation } from '../schema/operation.js';
import { CONFIG, listOf, SECRET } from '../schema/resources.js';
import type { RouteContext } from './route-context.js';

interface ValueParams {
  Device?: string;
  Key: string;
}

/** List, create, fetch, update and delete, for configs and secrets of the account and of a device. */
export function valueRoutes(app: FastifyInstance, context: RouteContext): void {
  for (const name of ['configs', 'secrets'] as const) {
    addCollection(app, 'account', name, context);
    addCollection(app, 'device', name, context);
  }
}

function addCollection(app: FastifyInstance, owner: Scope['kind'], name: StoreName, context: RouteContext): void {
  const { viewsOf, baseUrl } = context;
  const path = `/v1/${owner === 'device' ? 'Devices/:Device/' : ''}${COLLECTIONS[name]}`;
  const schemas = operations(owner, name);
  const place = async (request: FastifyRequest) => {
    const { Device } = request.params as ValueParams;
    const { values, devices } = viewsOf(request);
    const scope: Scope =
      Device === undefined ? { kind: 'account' } : { kind: 'device', deviceSid: await devices.resolve(Device) };
    const collection = collectionPath(scope, name);
    return { values, scope, collection, url: `${baseUrl(request)}/v1${restPath(collection)}` };
  };
  const keyOf = (request: FastifyRequest) => (request.params as ValueParams).Key;

  app.get(path, { schema: schemas.list }, async (request) => {
    const { values, scope, collection, url } = await place(request);
    const wanted = parsePageRequest(request.query);
    const list = (range: ListPage) => values.list(scope, name, range);
    const { items, more } = await readPage(wanted, list, ({ key }) => key);
    return {
      [name]: items.map((value) => valueReply(collection, url, value)),
      meta: pageMeta(url, name, wanted, items, more),
    };
  });

  app.post(path, { schema: schemas.create }, async (request, reply) => {
    const { values, scope, collection, url } = await place(request);
    const [key, value] = [formField(request.body, 'Key'), formField(request.body, 'Value')];
    const created = await values.create(scope, name, key, value);
    return reply.code(201).send(valueReply(collection, url, created));
  });

  app.get(`${path}/:Key`, { schema: schemas.fetch }, async (request) => {
    const { values, scope, collection, url } = await place(request);
    return valueReply(collection, url, await values.fetch(scope, name, keyOf(request)));
  });

  app.post(`${path}/:Key`, { schema: schemas.update }, async (request) => {
    const { values, scope, collection, url } = await place(request);
    const updated = await values.update(scope, name, keyOf(request), formField(request.body, 'Value'));
    return valueReply(collection, url, updated);
  });

  app.delete(`${path}/:Key`, { schema: schemas.delete }, async (request, reply) => {
    const { values, scope } = await place(request);
    await values.delete(scope, name, keyOf(request));
    return reply.code(204).send();
  });
}

/** `ListDeviceConfig`, `CreateAccountSecret` and so on. */
function operations(owner: Scope['kind'], name: StoreName) {
  const [noun, item] = name === 'configs' ? (['Config', CONFIG] as const) : (['Secret', SECRET] as const);
  const [Owner, of] = owner === 'device' ? ['Device', 'of a device'] : ['Account', 'of the account'];
  const thing = `a ${noun.toLowerCase()} ${of}`;
  const own = owner === 'device' ? { Device: DEVICE_OR_NAME } : undefined;
  const call = (verb: string) => ({ id: `${verb}${Owner}${noun}`, tag: COLLECTIONS[name] });
  return {
    list: operation({
      ...call('List'),
      summary: `List the ${name} ${of}`,
      path: own,
      query: PAGE_QUERY,
      answer: { status: 200, body: listOf(name, item) },
    }),
    create: operation({
      ...call('Create'),
      summary: `Create ${thing}`,
      path: own,
      form: { required: { Key: NEW_KEY, Value: VALUE } },
      answer: { status: 201, body: refTo(item) },
    }),
    fetch: operation({
      ...call('Fetch'),
      summary: `Fetch ${thing}${name === 'secrets' ? ', without its value' : ''}`,
      path: { ...own, Key: KEY },
      answer: { status: 200, body: refTo(item) },
    }),
    update: operation({
      ...call('Update'),
      summary: `Update ${thing}`,
      path: { ...own, Key: KEY },
      form: { required: { Value: VALUE } },
      answer: { status: 200, body: refTo(item) },
    }),
    delete: operation({
      ...call('Delete'),
      summary: `Delete ${thing}`,
      path: { ...own, Key: KEY },
      answer: { status: 204 },
    }),
  };
}
