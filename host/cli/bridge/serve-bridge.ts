import { type RunningBridge, serveBridgeStatus } from '../../dojot/bridge/index.js';
import type { StatusAddress } from '../options/bridge-options.js';
import { closeAll, ended, withSignals } from '../process/signals.js';
import { usageOfStart } from '../process/usage-of-start.js';
import type { BridgeReporter } from './bridge-reporter.js';

export interface ServeBridgeOptions {
  reporter: BridgeReporter;
  /** What it carries, for people. */
  words: string;
  status?: StatusAddress | false;
  /** Milliseconds; without it until it is asked to stop. */
  for?: number;
  start(stop: AbortSignal): Promise<RunningBridge>;
  /** Called when it has ended. */
  ended?(): void;
}

/** Runs a bridge until it is stopped. @throws UsageError, UserError, ServiceStartError */
export function serveBridge({ reporter, words, status, start, ...options }: ServeBridgeOptions): Promise<void> {
  return withSignals(async (stop) => {
    const bridge = await start(stop);
    const closers = [
      async () => {
        await bridge.close();
        options.ended?.();
        reporter.stopped(bridge.counts);
      },
    ];
    try {
      let where = '';
      if (status) {
        const served = await serveBridgeStatus(bridge, { ...status, beyondLoopback: true }).catch(usageOfStart);
        closers.unshift(() => served.close());
        closers.push(async () => served.ending());
        where = `; status at ${served.url}`;
        reporter.say('started', `Carrying ${words}${where}.`, { status: served.url });
      } else reporter.say('started', `Carrying ${words}.`);
      await ended(options.for, stop);
    } finally {
      await closeAll(closers);
    }
  });
}
