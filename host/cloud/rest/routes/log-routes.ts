import type { FastifyInstance } from 'fastify';
import { RequestProblem } from '../../../http/request-problem.js';
import { readFlag } from '../form.js';
import { readCount, readPageSize } from '../paging.js';
import { BOOLEAN, DEVICE_OR_NAME, PAGE_QUERY } from '../schema/fields.js';
import { operation } from '../schema/operation.js';
import { LOG_PAGE } from '../schema/resources.js';
import type { RouteContext } from './route-context.js';

/** Seconds: shorter than what is on the way has patience for. */
const LONGEST_WAIT = 50;

const SCHEMA = operation({
  id: 'ListDeviceLog',
  summary:
    'Read the log of a device, and follow it: with Wait, the answer comes when there are lines, or when the time is up',
  tag: 'Devices',
  path: { Device: DEVICE_OR_NAME },
  query: {
    After: { type: 'integer', minimum: 0, default: 0, description: 'lines behind this sequence' },
    Since: { type: 'string', format: 'date-time', description: 'lines that were written then or later' },
    Last: { ...BOOLEAN, default: false, description: 'the last lines instead of the first ones' },
    PageSize: PAGE_QUERY.PageSize,
    Wait: { type: 'integer', minimum: 0, default: 0, description: `seconds; more than ${LONGEST_WAIT} counts as that` },
  },
  answer: { status: 200, body: LOG_PAGE },
});

interface LogQuery {
  After?: string | string[];
  Since?: string | string[];
  Last?: string;
  PageSize?: string | string[];
  Wait?: string | string[];
}

/** What applications wrote with mvServerLog. */
export function logRoutes(app: FastifyInstance, { viewsOf, baseUrl }: RouteContext): void {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());

  app.get('/v1/Devices/:Device/Logs', { schema: SCHEMA }, async (request, reply) => {
    const { devices, logs } = viewsOf(request);
    const query = request.query as LogQuery;
    const after = readCount('After', query.After, 0, { least: 0, most: Number.MAX_SAFE_INTEGER });
    const since = readDate(query.Since);
    const last = readFlag('Last', query.Last) ?? false;
    const limit = readPageSize(query.PageSize);
    const wait = readCount('Wait', query.Wait, 0, { least: 0, most: LONGEST_WAIT });
    const { sid } = await devices.fetch((request.params as { Device: string }).Device);

    let lines = await logs.read(sid, { after, since, limit, last });
    if (lines.length === 0 && wait > 0) {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const signal = AbortSignal.any([closing.signal, gone.signal, AbortSignal.timeout(wait * 1000)]);
      for await (const part of logs.follow(sid, { after, since, limit }, signal)) {
        lines = part;
        break;
      }
    }
    const url = `${baseUrl(request)}/v1/Devices/${sid}/Logs?PageSize=${limit}&After=`;
    return {
      logs: lines.map(({ sequence, date, text }) => ({ sequence, date: date.toISOString(), text })),
      meta: { key: 'logs', url: `${url}${after}`, next_url: `${url}${lines.at(-1)?.sequence ?? after}` },
    };
  });
}

/** RFC 3339, 5.6. */
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** @throws RequestProblem 400 */
function readDate(text: string | string[] | undefined): Date | undefined {
  if (text === undefined || text === '') return undefined;
  const date = new Date(typeof text === 'string' && DATE_TIME.test(text) ? text : Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new RequestProblem(400, 'Since is not a date and time; send it as 2021-01-01T12:34:56Z');
}
