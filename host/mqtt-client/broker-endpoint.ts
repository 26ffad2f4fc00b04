export interface BrokerAddress {
  readonly host: string;
  /** 1 to 65,535; 0 where there is no network, and `host` is for people. */
  readonly port: number;
}

/** For people: `host:1883`, `[::1]:1883`. */
export function addressText({ host, port }: BrokerAddress): string {
  if (port === 0) return host;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** TLS with a broker. PEM, as text or bytes. The name of the address is sent as SNI. */
export interface BrokerTls {
  /** Default: those that Node trusts. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** Default `TLSv1.2`. */
  readonly minimumVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Take a certificate for another name too. Default false. */
  readonly insecure?: boolean;
  /** Protocol to ask for (RFC 7301). */
  readonly alpn?: string;
}
