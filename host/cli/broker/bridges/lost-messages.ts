import type { Broker } from '../../../broker/index.js';

const REPORT_INTERVAL = 1000;

/**
 * Reports messages that the broker does not keep for a client, because its queue is full: for the first, and then once a second at most.
 *
 * @param report gets how many there were since the last call
 * @param now milliseconds, never going back
 */
export function watchLostMessages(
  broker: Pick<Broker, 'on'>,
  clientId: string,
  report: (count: number) => void,
  now: () => number,
): void {
  let reported = Number.NEGATIVE_INFINITY;
  let count = 0;
  broker.on('dropped', (event) => {
    if (event.clientId !== clientId || event.reason !== 'queue full') return;
    count++;
    if (now() - reported < REPORT_INTERVAL) return;
    reported = now();
    report(count);
    count = 0;
  });
}
