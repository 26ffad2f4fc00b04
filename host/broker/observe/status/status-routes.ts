import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BrokerState } from '../broker-state.js';
import type { BrokerMetrics } from '../metrics.js';
import { StatusProblem } from './status-problem.js';

interface Served {
  state: BrokerState;
  metrics?: BrokerMetrics;
  version: string;
  more?: Readonly<Record<string, () => Iterable<unknown>>>;
}

/** Items of a page. */
const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1000;

/** Adds the routes. Lists come in pages: while one reads them, clients come and go, so an item may be missed or come twice. */
export function statusRoutes(app: FastifyInstance, { state, metrics, version, more }: Served): void {
  const pages: Record<string, (query: Query) => Iterable<unknown>> = {
    clients: () => state.clients(),
    sessions: () => state.sessions(),
    subscriptions: ({ clientId }) => state.subscriptions(clientId),
    retained: () => state.retained(),
    ...more,
  };
  app.get('/', async (request) => {
    readQuery(request, []);
    const lists = Object.keys(pages).map((name) => `/v1/${name}`);
    return { name: 'wasmqtt', version, paths: ['/v1/status', ...lists, ...(metrics ? ['/metrics'] : [])] };
  });
  app.get('/v1/status', async (request) => {
    readQuery(request, []);
    return { version, ...state.totals() };
  });
  for (const [name, items] of Object.entries(pages)) {
    app.get(`/v1/${name}`, async (request) => {
      const query = readQuery(request, ['offset', 'limit', ...(name === 'subscriptions' ? ['clientId'] : [])]);
      return page(name, items(query), query);
    });
  }
  if (!metrics) return;
  app.get('/metrics', async (request, reply) => {
    readQuery(request, []);
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}

interface Query {
  offset: number;
  limit: number;
  clientId?: string;
}

/** @throws StatusProblem for a parameter that is not known, given twice, or out of range */
function readQuery(request: FastifyRequest, known: readonly string[]): Query {
  const given = request.query as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      const what = known.length === 0 ? 'takes none' : `takes ${known.join(', ')}`;
      throw new StatusProblem(400, `the parameter ${JSON.stringify(name)} is not known; this address ${what}`);
    }
    if (typeof value !== 'string') throw new StatusProblem(400, `the parameter ${name} stands twice; give it once`);
  }
  return {
    offset: number(given.offset as string | undefined, 'offset', 0, 0, Number.MAX_SAFE_INTEGER),
    limit: number(given.limit as string | undefined, 'limit', DEFAULT_LIMIT, 1, LARGEST_LIMIT),
    clientId: given.clientId as string | undefined,
  };
}

function number(text: string | undefined, name: string, fallback: number, smallest: number, largest: number): number {
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= smallest && value <= largest) return value;
  throw new StatusProblem(400, `${name} is ${JSON.stringify(text)}; use a whole number from ${smallest} to ${largest}`);
}

function page(name: string, items: Iterable<unknown>, { offset, limit, clientId }: Query) {
  const shown: unknown[] = [];
  let at = 0;
  let hasMore = false;
  for (const item of items) {
    if (at++ < offset) continue;
    hasMore = shown.length === limit;
    if (hasMore) break;
    shown.push(item);
  }
  const query = new URLSearchParams({ offset: String(offset + limit), limit: String(limit) });
  if (clientId !== undefined) query.set('clientId', clientId);
  return { [name]: shown, offset, next: hasMore ? `/v1/${name}?${query}` : null };
}
