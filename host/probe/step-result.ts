/** The steps of a connection, in their order. */
export const STEPS = ['resolve', 'tcp', 'tls', 'mqtt'] as const;
export type StepName = (typeof STEPS)[number];

/** What the device is to connect with. */
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

/** A certificate that the server showed. */
export interface ServerCertificate {
  subject: string;
  issuer: string;
  /** As in `DNS:localhost, IP Address:127.0.0.1`; empty when there are none. */
  names: string;
  notBefore: Date;
  notAfter: Date;
}

/** Why a step failed, in the words of the managed client. */
export interface StepFailure {
  /** Name of the MvMqttRequestState that the device gets; REQUESTCOMPLETED when the broker refused. */
  requestState: string;
  /** Of CONNACK, 0 when there was none. */
  reasonCode: number;
  detail: string;
}

/** How a step went. */
export interface StepResult {
  step: StepName;
  /** Milliseconds that it took. */
  milliseconds: number;
  /** What was found, in one clause; empty when it failed. */
  detail: string;
  failure?: StepFailure;
  /** Of `tls`, also when it failed after the server had shown them: its own first. */
  certificates?: ServerCertificate[];
}
