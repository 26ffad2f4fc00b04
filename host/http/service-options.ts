import { openFilesLimit } from '../node/open-files.js';

/** Where and how a service over HTTP is reached. */
export interface ServiceOptions {
  /** the address to listen on; default 127.0.0.1. Anything else than loopback needs `tls` or `beyondLoopback` */
  host?: string;
  /** the port to listen on, 0 for a free one; default 0 */
  port?: number;
  /** serve HTTPS (TLS 1.2 or newer) and nothing else */
  tls?: TlsFiles;
  /** let other machines connect without TLS: whoever is on the way can read credentials and values; default false */
  beyondLoopback?: boolean;
  /** the address under which clients reach this server, without a path, for example that of a reverse proxy: addresses in answers begin with it */
  publicUrl?: string;
  /** names under which clients may ask, besides IP addresses, `localhost` and the name in `publicUrl` */
  hostNames?: readonly string[];
  /** web pages of other origins that may call, as browsers send them: `https://console.example.com`; default none */
  corsOrigins?: readonly string[];
  /** reverse proxies, as addresses or subnets (`10.0.0.0/8`), whose `X-Forwarded-*` headers hold; default none */
  trustedProxies?: readonly string[];
  limits?: Partial<ServiceLimits>;
  log?: ServiceLog;
}

/** Gets one line for each request: method, path and status. Lines of the kind `server` are about faults, and what happens to the server itself. */
export type ServiceLog = (line: string, kind: 'request' | 'server') => void;

/** PEM files of a TLS server. They are read again when they change, and on `reload`; what cannot be used leaves the former pair in force. */
export interface TlsFiles {
  /** the certificate, and its intermediates after it */
  certFile: string;
  /** its private key, not encrypted */
  keyFile: string;
}

/** Times are in milliseconds. */
export interface ServiceLimits {
  /** from the connection to the end of the TLS handshake */
  handshakeTimeout: number;
  /** from the connection, or the first byte of a later request, to the end of its headers */
  headersTimeout: number;
  /** the same to the end of the body, at least `headersTimeout` */
  requestTimeout: number;
  /** how long a connection may be silent between two requests */
  keepAliveTimeout: number;
  /** how long a client may take nothing of an answer */
  answerTimeout: number;
  /** how long `close` waits for requests that are being served */
  closeTimeout: number;
  /** connections open at once */
  connections: number;
  /** of these, from one IPv4 address or one /64 of IPv6; proxies that are trusted do not count */
  connectionsPerAddress: number;
  /** of these, those on which nobody has logged in: one more ends the oldest of them */
  strangersPerAddress: number;
  /** bytes of the headers of a request, the address among them */
  headerSize: number;
  /** failed log-ins in a row with which an account may be tried from one address, and how many a second after that */
  logInBurst: number;
  logInRate: number;
}

/** Descriptors that are left for files, the store and connections that the process opens itself. */
const OTHER_FILES = 64;
const MOST_CONNECTIONS = 16_384;

/** Limits with defaults for those that are not given. Connections are at most what the process may have open. */
export function limitsOf(given: Partial<ServiceLimits> = {}): ServiceLimits {
  const room = Math.max((openFilesLimit() ?? Number.POSITIVE_INFINITY) - OTHER_FILES, 16);
  const connections = Math.min(given.connections ?? MOST_CONNECTIONS, room);
  return {
    handshakeTimeout: 10_000,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    answerTimeout: 30_000,
    closeTimeout: 3000,
    // One address alone never takes all.
    connectionsPerAddress: Math.ceil(connections * 0.75),
    strangersPerAddress: Math.min(1000, Math.ceil(connections / 2)),
    headerSize: 16 * 1024,
    logInBurst: 10,
    logInRate: 1,
    ...given,
    connections,
  };
}
