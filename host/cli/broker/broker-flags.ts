import type { PersistenceMode } from '../../broker/index.js';
import type { BridgeKind } from '../../dojot/bridge/index.js';

/** Options of `wasmqtt broker`. */
export interface BrokerFlags {
  configFile?: string;
  /** The name of one of `profile/profiles.ts`. */
  profile?: string;
  port?: number[];
  /** dojot's bridges to run in this process. */
  bridges?: BridgeKind[];
  verbose?: boolean;
  daemon?: boolean;
  check?: boolean;
  persistence?: PersistenceMode;
  /** File for a capture of all packets. */
  pcap?: string;
  /** Port of the status server on loopback; 0 for any free one. */
  status?: number;
  /** Milliseconds. */
  for?: number;
  json?: boolean;
}

/** What a person should know who named ports that do not count. */
export function portsIgnored(configFile: string): string {
  return `-p has no effect: ${configFile} has listeners of its own`;
}
