import type { FastifyInstance } from 'fastify';
import { RequestProblem } from '../../../http/request-problem.js';
import type { Store } from '../../store/store.js';
import type { CloudMetrics } from './cloud-metrics.js';

/** Milliseconds for which the last look at the store counts: nobody has to log in for it. */
const FRESH = 1000;
/** Milliseconds within which the store has to answer. */
const PATIENCE = 2000;

/** `/healthz` for whoever watches over the process, without log-in, and `/metrics` for Prometheus, with it. */
export function healthRoutes(app: FastifyInstance, store: Store, metrics: CloudMetrics): void {
  let last: { at: number; isReachable: Promise<boolean> } | undefined;
  app.get('/healthz', { config: { open: true } }, async () => {
    const now = performance.now();
    if (last === undefined || now - last.at > FRESH) last = { at: now, isReachable: isReachable(store) };
    if (await last.isReachable) return { status: 'ok' };
    throw new RequestProblem(503, 'the store cannot be read; the log of the server says why');
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}

async function isReachable(store: Store): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE);
  });
  const read = store.meta.get('account-sid').then(
    () => true,
    () => false,
  );
  const answer = await Promise.race([read, late]);
  clearTimeout(timer);
  return answer;
}
