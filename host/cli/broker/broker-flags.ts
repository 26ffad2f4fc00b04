import type { PersistenceMode } from '../../broker/index.js';

/** Options of `wasmqtt broker`. */
export interface BrokerFlags {
  configFile?: string;
  port?: number[];
  verbose?: boolean;
  daemon?: boolean;
  check?: boolean;
  persistence?: PersistenceMode;
  /** Milliseconds. */
  for?: number;
  json?: boolean;
}

/** What a person should know who named ports that do not count. */
export function portsIgnored(configFile: string): string {
  return `-p has no effect: ${configFile} has listeners of its own`;
}
