import { HttpService } from '../../../http/http-service.js';
import { RequestProblem } from '../../../http/request-problem.js';
import { MetricsRegistry } from '../../../metrics/metrics-registry.js';
import { EventLoopLag } from '../../../node/event-loop-lag.js';
import { reasonOf } from '../../../node/reason.js';
import { addBridgeMetrics } from './bridge-metrics.js';
import type { RunningBridge } from './running-bridge.js';

export interface BridgeStatusOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 for a free one. */
  port: number;
  /** Let other machines ask: they see whether the bridge works, and how much it carries. Default false. */
  beyondLoopback?: boolean;
}

/** What a probe asks. */
export interface BridgeStatus {
  readonly url: string;
  /** From now on the bridge says that it ends. */
  ending(): void;
  close(): Promise<void>;
}

const BODY_LIMIT = 1024;
const MAX_PARAM_LENGTH = 100;

/**
 * Serves `/health`, `/live` and `/ready` in the words of lightship, which dojot's bridges use, and `/metrics` for Prometheus.
 *
 * @throws ServiceStartError
 */
export async function serveBridgeStatus(bridge: RunningBridge, options: BridgeStatusOptions): Promise<BridgeStatus> {
  const service = new HttpService(options, {
    what: 'the status server',
    calls: '/health, /live, /ready and /metrics',
    methods: ['GET', 'HEAD'],
    bodyLimit: BODY_LIMIT,
    maxParamLength: MAX_PARAM_LENGTH,
    slowsGuesses: false,
    hasLoggedIn: () => false,
    refusal: (status, message) => ({ status, message: message ?? 'refused' }),
    answerTo: (error) => {
      const status = error instanceof RequestProblem ? error.status : 500;
      return { status, body: { status, message: status === 500 ? 'the bridge could not answer' : reasonOf(error) } };
    },
  });
  const lag = new EventLoopLag();
  const metrics = await metricsOf(bridge, lag);
  let isEnding = false;
  const isReady = () => bridge.mqttConnected && bridge.kafkaReady && !isEnding;
  const readiness = () => (isReady() ? 'SERVER_IS_READY' : 'SERVER_IS_NOT_READY');
  service.guardStrangers();
  service.guardCallers();
  service.app.get('/health', (_request, reply) =>
    reply.code(isReady() ? 200 : 500).send(isEnding ? 'SERVER_IS_SHUTTING_DOWN' : readiness()),
  );
  service.app.get('/live', (_request, reply) =>
    reply.code(isEnding ? 500 : 200).send(isEnding ? 'SERVER_IS_SHUTTING_DOWN' : 'SERVER_IS_NOT_SHUTTING_DOWN'),
  );
  service.app.get('/ready', (_request, reply) => reply.code(isReady() ? 200 : 500).send(readiness()));
  service.app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  await service.listen();
  return {
    url: service.url,
    ending: () => {
      isEnding = true;
    },
    close: async () => {
      lag.close();
      await service.close();
    },
  };
}

async function metricsOf(bridge: RunningBridge, lag: EventLoopLag): Promise<MetricsRegistry> {
  const metrics = await MetricsRegistry.load();
  addBridgeMetrics(metrics, [], [[{}, bridge]]);
  metrics.ofProcess(lag);
  return metrics;
}
