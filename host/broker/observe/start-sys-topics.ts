import { LONGEST_TIMER } from '../../node/timers.js';
import type { LocalConnections } from '../local/local-connections.js';
import { SysTopics, type SysTopicsOptions } from './sys-topics.js';

export interface RunningSysTopicsOptions extends Omit<SysTopicsOptions, 'publish'> {
  /** Clients of the broker: `Broker.local`. */
  local: Pick<LocalConnections, 'connect'>;
  /** Milliseconds, never going back. Default: those of the process. */
  now?: () => number;
}

/**
 * Publishes the topics under `$SYS` from now on, with a timer and a local client of its own, until `close` or the end of the broker.
 *
 * @throws RangeError for an interval that is not above 0; LocalClientError when the broker does not let the client in
 *
 * @example
 * ```ts
 * import { createBroker, type RunningSysTopicsOptions, startSysTopics, TrafficCounter } from 'wasmqtt/broker';
 *
 * const traffic = new TrafficCounter();
 * const broker = await createBroker({ taps: [traffic] });
 * const { local, engine } = broker;
 * const options: RunningSysTopicsOptions = { local, state: engine.inspection, traffic, version: '1' };
 * const sys = await startSysTopics(options);
 * await sys.close();
 * await broker.close();
 * ```
 */
export async function startSysTopics(options: RunningSysTopicsOptions): Promise<{ close(): Promise<void> }> {
  const { local, now = () => performance.now(), ...rest } = options;
  const topics = new SysTopics({
    ...rest,
    publish: async (topic, payload) => client.publish(topic, payload, { qos: 2, retain: true }),
  });
  const client = await local.connect();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const run = () => {
    if (isOver) return;
    topics.tick(now());
    const next = topics.nextDeadline(now()) ?? LONGEST_TIMER;
    timer = setTimeout(run, Math.min(Math.ceil(next - now()), LONGEST_TIMER)).unref();
  };
  run();
  void client.closed.then(() => {
    isOver = true;
    clearTimeout(timer);
  });
  return { close: () => client.close() };
}
