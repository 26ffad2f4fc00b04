/** Where to connect, with which credentials, and as which client. */
export interface ProbeRequest {
  host: string;
  /** 1 to 65,535. */
  port: number;
  /** Trusted CA certificates, DER, one after the other; empty means the Mozilla roots. */
  ca: Uint8Array;
  /** The client's certificate and its issuers, DER, one after the other; empty for none. */
  clientChain: Uint8Array;
  /** PKCS#8. */
  clientKey?: Uint8Array;
  protocolVersion: 4 | 5;
  clientId: string;
  userName?: string;
  password?: string;
  /** Milliseconds for each step. */
  timeout: number;
}
