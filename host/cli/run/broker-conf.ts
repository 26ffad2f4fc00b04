import {
  type BridgeEvent,
  ConfigError,
  configFindingText,
  type Listener,
  type ReadPlan,
  readBrokerPlan,
} from '../../broker/index.js';
import { bridgeLine } from '../broker/event-lines.js';
import { UsageError } from '../process/user-error.js';
import type { RunReport } from './run-events.js';

/** What belongs to the process of `wasmqtt broker`: a run has its own. */
const OF_THE_PROCESS = 'has no effect in a run; "wasmqtt broker" takes it';

/**
 * Reads the `mosquitto.conf` that `--broker-conf` names. Nothing is opened.
 *
 * @throws UsageError with all mistakes, each with its file, line and column
 */
export function readBrokerConf(file: string): ReadPlan {
  try {
    return readBrokerPlan(file);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`--broker-conf: ${error.message}`);
    throw error;
  }
}

/** Reports what the configuration says that a run does not do, and what is odd about it. */
export function reportWarnings({ plan, warnings }: ReadPlan, report: RunReport): void {
  for (const finding of warnings) report({ event: 'broker', text: configFindingText(finding) });
  const places = [
    ['pid_file', plan.pidFile?.place],
    ['user', plan.user?.place],
  ] as const;
  for (const [option, place] of places) {
    if (place) report({ event: 'broker', text: `${place.file}:${place.line}: ${option} ${OF_THE_PROCESS}` });
  }
}

/** Reports what a configuration has opened. */
export function reportListeners(listeners: readonly Listener[], report: RunReport): void {
  for (const listener of listeners) {
    report({ event: 'listening', service: 'listener', url: urlOf(listener), port: listener.port });
  }
}

export function reportBridge(event: BridgeEvent, report: RunReport): void {
  report({ event: 'broker', text: bridgeLine(event).text });
}

function urlOf({ protocol, host, port }: Listener): string {
  if (protocol === 'unix') return `unix:${host}`;
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
