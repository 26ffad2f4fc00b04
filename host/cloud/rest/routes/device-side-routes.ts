import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { RequestProblem } from '../../../http/request-problem.js';
import type { ConfigItem, DeviceReport } from '../../../microvisor/index.js';
import { isLoopback } from '../../../node/addresses.js';
import { DEVICE_PATH, type LogBody, type ReportBody, SCHEMAS } from '../../device/device-protocol.js';
import { StoreCloudService } from '../../device/store-cloud-service.js';
import type { KeyOwner } from '../../store/devices/device-keys.js';
import type { Store } from '../../store/store.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The device that calls, on its own routes. */
    device: KeyOwner | undefined;
  }
}

/** Room for a delivery of log lines. */
const BODY_LIMIT = 1024 * 1024;
/** Milliseconds that a device waits for changes until it is answered all the same: shorter than what is on the way has patience for. */
const DEFAULT_WAIT = 50_000;

export interface DeviceSideOptions {
  store: Store;
  /** milliseconds that a device waits for changes at most; default 50,000 */
  deviceWait?: number;
}

/** The calls of devices under `/device/v1`, each with a device key: whatever one asks for is its own. */
export function deviceSideRoutes(app: FastifyInstance, { store, deviceWait = DEFAULT_WAIT }: DeviceSideOptions): void {
  const waiting = new Waiting(deviceWait);
  const serviceOf = ({ device }: FastifyRequest) => {
    const { accountSid, deviceSid } = device!;
    return new StoreCloudService(store, accountSid, deviceSid);
  };
  app.addHook('preClose', async () => waiting.end());
  app.decorateRequest('device', undefined);
  void app.register(
    async (devices) => {
      devices.addHook('onRequest', async (request) => {
        request.device = await authenticate(store, request);
      });
      devices.setSchemaErrorFormatter(([{ instancePath, message }], part) => {
        return new RequestProblem(400, `${part}${instancePath} ${message}; see the calls of devices`);
      });
      const parse = devices.getDefaultJsonParser('error', 'error');
      devices.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: BODY_LIMIT }, parse);

      // Everything here has credentials of its own.
      const config = { open: true };
      const route = (name: keyof typeof SCHEMAS, part: 'body' | 'querystring' | 'params') => {
        return { config, schema: { hide: true, [part]: SCHEMAS[name] } as FastifySchema };
      };
      devices.post<{ Body: { items: ConfigItem[] } }>('/fetch', route('fetch', 'body'), async (request) => {
        return { results: await serviceOf(request).fetch(request.body.items) };
      });
      devices.get<{ Querystring: { known?: number } }>(
        '/wanted',
        route('wanted', 'querystring'),
        async (request, reply) => {
          return waiting.during(reply, (signal) => serviceOf(request).wanted(request.query.known, signal));
        },
      );
      devices.get<{ Params: { sha256: string } }>(
        '/applications/:sha256',
        route('application', 'params'),
        async (request, reply) => {
          const bytes = await serviceOf(request).application(request.params.sha256);
          if (!bytes)
            throw new RequestProblem(404, 'this device is not to run that application; ask what is wanted of it');
          return reply.type('application/wasm').send(Buffer.from(bytes));
        },
      );
      devices.post<{ Body: ReportBody }>('/report', route('report', 'body'), async (request, reply) => {
        await serviceOf(request).report(toReport(request.body));
        return reply.code(204).send();
      });
      devices.post<{ Body: LogBody }>('/log', route('log', 'body'), async (request, reply) => {
        const { lines, ...delivery } = request.body;
        const written = lines.map(({ date, text }) => ({ date: new Date(date), text }));
        await serviceOf(request).log({ ...delivery, lines: written });
        return reply.code(204).send();
      });
    },
    { prefix: DEVICE_PATH },
  );
}

/** Device keys open secrets: they are taken over TLS, or from this machine. */
async function authenticate(store: Store, request: FastifyRequest): Promise<KeyOwner> {
  if (request.protocol !== 'https' && !isLoopback(request.socket.remoteAddress ?? '')) {
    throw new RequestProblem(403, 'devices are served over TLS only; use the https address of this cloud');
  }
  const [, key = ''] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const owner = await store.ownerOfDeviceKey(key);
  if (owner) return owner;
  const advice = 'send "Authorization: Bearer KEY" with one of "wasmqtt cloud device create-key"';
  throw new RequestProblem(401, `the device key is missing or wrong; ${advice}`);
}

function toReport({ running, failed, reason }: ReportBody): DeviceReport {
  if (failed && reason) return { failed, reason };
  const { sid, sha256 } = running ?? {};
  return { running: sid === undefined || sha256 === undefined ? undefined : { sid, sha256 } };
}

/** Requests that are answered later: at the end of their time, or when the server closes. */
class Waiting {
  readonly #milliseconds: number;
  readonly #ends = new Set<() => void>();
  #isOver = false;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  async during<T>(reply: FastifyReply, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const end = () => controller.abort();
    // Both may have come about while the device was being authenticated.
    if (this.#isOver || reply.raw.closed || reply.raw.destroyed) end();
    const timer = setTimeout(end, this.#milliseconds);
    reply.raw.once('close', end);
    this.#ends.add(end);
    try {
      return await action(controller.signal);
    } finally {
      clearTimeout(timer);
      reply.raw.off('close', end);
      this.#ends.delete(end);
    }
  }

  end(): void {
    this.#isOver = true;
    for (const end of this.#ends) end();
  }
}
