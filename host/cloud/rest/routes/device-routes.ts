import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { StoredDevice } from '../../store/devices/device-record.js';
import { optionalField, optionalFlag } from '../form.js';
import { pageMeta, parsePageRequest, readPage } from '../paging.js';
import { isoSeconds } from '../replies.js';
import { BOOLEAN, DEVICE_OR_NAME, PAGE_QUERY, UNIQUE_NAME } from '../schema/fields.js';
import { type JsonSchema, refTo } from '../schema/json-schema.js';
import { operation } from '../schema/operation.js';
import { DEVICE, listOf } from '../schema/resources.js';
import type { RouteContext } from './route-context.js';

const tag = 'Devices';
const path = { Device: DEVICE_OR_NAME };
const answer = { status: 200, body: refTo(DEVICE) } as const;

const TARGET: JsonSchema = { type: 'string', description: 'SID or unique name of an application; empty for none' };

const SCHEMAS = {
  list: operation({
    id: 'ListDevice',
    summary: 'List the devices',
    tag,
    query: PAGE_QUERY,
    answer: { status: 200, body: listOf('devices', DEVICE) },
  }),
  fetch: operation({ id: 'FetchDevice', summary: 'Fetch a device', tag, path, answer }),
  update: operation({
    id: 'UpdateDevice',
    summary: 'Name a device, say what it is to run, restart it; one that is named by its SID is made if there is none',
    tag,
    path,
    form: {
      optional: {
        // Empty for none.
        UniqueName: { ...UNIQUE_NAME, pattern: `^$|${UNIQUE_NAME.pattern}` },
        TargetApp: TARGET,
        LoggingEnabled: BOOLEAN,
        RestartApp: BOOLEAN,
      },
    },
    answer,
  }),
};

/** List, fetch and update devices. */
export function deviceRoutes(app: FastifyInstance, { viewsOf, baseUrl }: RouteContext): void {
  const collection = (request: FastifyRequest) => `${baseUrl(request)}/v1/Devices`;
  const nameOf = (request: FastifyRequest) => (request.params as { Device: string }).Device;
  const reply = (request: FastifyRequest, device: StoredDevice) =>
    deviceReply(viewsOf(request).accountSid, collection(request), device);

  app.get('/v1/Devices', { schema: SCHEMAS.list }, async (request) => {
    const { devices } = viewsOf(request);
    const wanted = parsePageRequest(request.query);
    const { items, more } = await readPage(
      wanted,
      (range) => devices.list(range),
      ({ sid }) => sid,
    );
    const keys = items.map(({ sid }) => ({ key: sid }));
    return {
      devices: items.map((device) => reply(request, device)),
      meta: pageMeta(collection(request), 'devices', wanted, keys, more),
    };
  });

  app.get('/v1/Devices/:Device', { schema: SCHEMAS.fetch }, async (request) =>
    reply(request, await viewsOf(request).devices.fetch(nameOf(request))),
  );

  app.post('/v1/Devices/:Device', { schema: SCHEMAS.update }, async (request) => {
    const { body } = request;
    const update = {
      uniqueName: optionalField(body, 'UniqueName'),
      targetApp: optionalField(body, 'TargetApp'),
      loggingEnabled: optionalFlag(body, 'LoggingEnabled'),
      restartApp: optionalFlag(body, 'RestartApp'),
    };
    return reply(request, await viewsOf(request).devices.update(nameOf(request), update));
  });
}

/** @param collection absolute address of the list of devices */
function deviceReply(accountSid: string, collection: string, device: StoredDevice) {
  const { sid, uniqueName, target, reported, updateStatus, updateErrorCode, dateCreated, dateUpdated } = device;
  const url = `${collection}/${sid}`;
  return {
    sid,
    unique_name: uniqueName ?? null,
    account_sid: accountSid,
    app: {
      target_sid: target?.appSid ?? null,
      target_hash: target ? `sha256:${target.sha256}` : null,
      date_targeted: target ? isoSeconds(target.dateTargeted) : null,
      update_status: updateStatus ?? null,
      update_error_code: updateErrorCode ?? null,
      reported_sid: reported?.appSid ?? null,
      date_reported: reported ? isoSeconds(reported.dateReported) : null,
    },
    // Logging does not end by itself here.
    logging: { enabled: device.loggingEnabled, date_expires: null },
    date_created: isoSeconds(dateCreated),
    date_updated: isoSeconds(dateUpdated),
    url,
    links: { device_configs: `${url}/Configs`, device_secrets: `${url}/Secrets`, device_logs: `${url}/Logs` },
  };
}
