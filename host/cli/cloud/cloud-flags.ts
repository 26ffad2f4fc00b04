import type { CloudLimits } from '../../cloud/index.js';
import { checkTexts } from '../options/credential-options.js';
import { UsageError } from '../process/user-error.js';
import type { Serving } from '../services/local-servers.js';

/** Options of `wasmqtt cloud`, as commander parses them. */
export interface CloudFlags {
  host?: string;
  port?: number;
  tlsCert?: string;
  tlsKey?: string;
  beyondLoopback?: boolean;
  publicUrl?: string;
  allowHostName?: string[];
  corsOrigin?: string[];
  trustProxy?: string[];
  auditLog?: string;
  connections?: number;
  connectionsPerAddress?: number;
  for?: number;
  data: string;
  store?: string;
  masterKeyCommand?: string;
  json?: boolean;
}

/** Those of them that say how a server is reached. */
export type ServingFlags = Omit<CloudFlags, 'data' | 'json' | 'for' | 'store' | 'masterKeyCommand'>;

/** How the server is to serve. @throws UsageError for options that do not go together */
export function servingOf(flags: ServingFlags): Serving {
  checkTexts(flags, ['host', 'tlsCert', 'tlsKey', 'publicUrl', 'auditLog']);
  const { tlsCert, tlsKey, connections, connectionsPerAddress } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key go together: the certificate, and the key that it was made for');
  }
  const limits: Partial<CloudLimits> = {};
  if (connections !== undefined) limits.connections = connections;
  if (connectionsPerAddress !== undefined) limits.connectionsPerAddress = connectionsPerAddress;
  return {
    tls: tlsCert && tlsKey ? { certFile: tlsCert, keyFile: tlsKey } : undefined,
    beyondLoopback: flags.beyondLoopback,
    publicUrl: flags.publicUrl,
    hostNames: flags.allowHostName,
    corsOrigins: flags.corsOrigin,
    trustedProxies: flags.trustProxy,
    auditLog: flags.auditLog,
    limits,
    log(line, kind) {
      if (kind === 'server') process.stderr.write(`wasmqtt: ${line}\n`);
    },
  };
}
