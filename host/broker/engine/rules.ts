import { type ProtocolVersion, type QoS, ReasonCode } from '../../core/index.js';
import type { ListenerSettings } from './listener-settings.js';

/** The rules let the client do what it asks for. */
export interface Allowed {
  readonly allow: true;
}

/** The rules refuse, and say why: the reason reaches the event, and a client of MQTT 5 that wants to know. */
export interface Refusal {
  readonly allow: false;
  /** MQTT 5 reason code, 0x80 to 0xff (2.4). Clients of 3.1.1 get the code nearest to it, where there is one. */
  readonly reasonCode: number;
  /** For the log and the reason string. */
  readonly reason: string;
  /**
   * `drop` refuses this one request: MQTT 5 clients get a PUBACK, PUBREC or SUBACK with the reason code; in 3.1.1 a message is
   * acknowledged and dropped, and a subscription gets SUBACK 0x80. `disconnect` ends the connection. `answer and disconnect` does
   * one after the other in MQTT 5, and is `disconnect` before. A CONNECT that is refused ends the connection in any case.
   */
  readonly effect: 'drop' | 'disconnect' | 'answer and disconnect';
  /** Another server for the client, with 0x9C or 0x9D (4.11), such as `broker-2.example.com:8883`. */
  readonly serverReference?: string;
}

export type Decision = Allowed | Refusal;

export const ALLOW: Allowed = { allow: true };

/** @param reasonCode default 0x87 Not authorized */
export function refuse(
  reason: string,
  reasonCode: number = ReasonCode.notAuthorized,
  effect: Refusal['effect'] = 'drop',
): Refusal {
  return { allow: false, reasonCode, reason, effect };
}

/**
 * Sends the client to another server (4.11). Clients before MQTT 5 are only told that this one is not available.
 *
 * @param serverReference as 4.11 has it: `myserver.xyz.org`, `myserver.xyz.org:8883`, `10.10.151.22:8883`, several with spaces between
 * @param isPermanent the client should not come here again: 0x9D in place of 0x9C
 *
 * @example
 * ```ts
 * import { redirect } from 'wasmqtt/broker';
 *
 * redirect('broker-2.example.com').serverReference; // => 'broker-2.example.com'
 * ```
 */
export function redirect(serverReference: string, isPermanent = false): Refusal {
  const reasonCode = isPermanent ? ReasonCode.serverMoved : ReasonCode.useAnotherServer;
  return { ...refuse(`use the server ${serverReference}`, reasonCode, 'disconnect'), serverReference };
}

/** What TLS verified of a client. */
export interface ClientCertificate {
  /** DER. */
  readonly der: Uint8Array;
  /** First CN of the subject. */
  readonly commonName?: string;
  /** The subject as RFC 2253 writes it: the last name first, `CN=device-1,O=Example`. */
  readonly subject: string;
  /** SHA-256 of the DER, 64 lower case hex digits. */
  readonly fingerprint: string;
  /** Lower case hex digits without leading zeros. */
  readonly serialNumber: string;
  /** DNS names, addresses, URIs and e-mail addresses of subjectAltName (RFC 5280 4.2.1.6), such as `DNS:example.com`. */
  readonly subjectAltNames: readonly string[];
}

/** The address that a client came in by, and what holds for those who do. */
export interface ListenerInfo {
  /** For events and logs, such as `mqtts://127.0.0.1:8883`. */
  readonly name: string;
  readonly rules: Rules;
  /**
   * Its clients are parts of the broker's own program (`../local`): they may publish to `$SYS`, and no client of another
   * listener takes over a session of theirs. Default false.
   */
  readonly isInternal?: boolean;
  /**
   * Those left out have the defaults of `ListenerSettings`. Check them with `completeSettings` before you listen: with one that
   * is out of range every client is refused, and the event `failed` says why.
   */
  readonly settings?: Partial<ListenerSettings>;
}

/** A client that was let in. */
export interface ClientIdentity {
  readonly clientId: string;
  /** As the rules named it at CONNECT; default: as in the CONNECT packet. */
  readonly userName?: string;
  /** The verified client certificate. */
  readonly certificate?: ClientCertificate;
  readonly remote: string;
  readonly protocolVersion: ProtocolVersion;
  /** Where it came in; its rules are those of the client, connected or not. */
  readonly listener: ListenerInfo;
  /** It says with its version number, 0x83 or 0x84, that it is a bridge, as Mosquitto's do (`try_private`). */
  readonly isBridge?: boolean;
  /** The host name that it asked for in TLS (SNI, RFC 6066 section 3). Not kept over a restart. */
  readonly serverName?: string;
  /** The application protocol that was agreed on in TLS (ALPN, RFC 7301). Not kept over a restart. */
  readonly applicationProtocol?: string;
}

/** Who asks to come in: from the CONNECT packet and from TLS. */
export interface ConnectRequest extends ClientIdentity {
  readonly password?: Uint8Array;
  readonly cleanStart: boolean;
  /** Seconds. */
  readonly keepAlive: number;
  /** Seconds that the session shall outlive the connection (3.1.2.11.2); 0xffffffff for ever, as without clean session before MQTT 5. */
  readonly sessionExpiryInterval: number;
  /** The will (3.1.2.5), under the name that its topic has for everybody. `publish` is asked about it when it is published. */
  readonly will?: PublishRequest;
  /** The user name of the session with this client id, when there is one that would be resumed or taken over. */
  readonly sessionOf?: { readonly userName?: string };
  /** How an enhanced authentication (4.12) went that is over by now; `userName` is then the name that it found out. */
  readonly authentication?: { readonly method: string };
  /** Of a client that is here: `BrokerEngine.reconsider` asks about it again. */
  readonly isRepeated?: boolean;
}

/** Somebody wants to authenticate by a method of his own (4.12). */
export interface AuthenticationRequest {
  /** Authentication Method of CONNECT (3.1.2.11.9). */
  readonly method: string;
  /** Who asks to come in; or the client, connected by now, that authenticates again (4.12.1). */
  readonly client: ConnectRequest | ClientIdentity;
  readonly isRepeated: boolean;
}

/**
 * The server's side of one enhanced authentication, such as of SCRAM: asked step by step, by one connection.
 *
 * @example
 * ```ts
 * import type { Authenticated, AuthenticationRequest, Challenge, Exchange, Rules, Step } from 'wasmqtt/broker';
 * import { refuse } from 'wasmqtt/broker';
 *
 * const question: Challenge = { next: 'continue', data: Buffer.from('the word?') };
 * const done: Authenticated = { next: 'success', userName: 'ann' };
 * const step = (data: Uint8Array | undefined): Step => {
 *   if (data === undefined) return question;
 *   return Buffer.from(data).toString() === 'open' ? done : refuse('wrong word');
 * };
 * const exchange: Exchange = { step };
 * const rules: Rules = {
 *   authenticate: ({ method }: AuthenticationRequest) => (method === 'WORD' ? exchange : undefined),
 * };
 * step(Buffer.from('open')) === done; // => true
 * typeof rules.authenticate; // => 'function'
 * ```
 */
export interface Exchange {
  /** @param data Authentication Data of CONNECT or AUTH, undefined when it has none; the exchange may keep it */
  step(data: Uint8Array | undefined): Step | Promise<Step>;
  /** The connection ended before the exchange did: no step follows. */
  cancel?(): void;
}

/** The client has to answer this: it gets AUTH 0x18. */
export interface Challenge {
  readonly next: 'continue';
  readonly data?: Uint8Array;
}

/** The exchange is over: the client is who it says it is. */
export interface Authenticated {
  readonly next: 'success';
  /** For the client, in CONNACK or AUTH 0x00: with it a server may prove who it is itself. */
  readonly data?: Uint8Array;
  /** Who the client is; default: the name in CONNECT. Who authenticates again cannot become somebody else. */
  readonly userName?: string;
}

export type Step = Challenge | Authenticated | Refusal;

/** The client may come in. */
export interface Admitted extends Allowed {
  /** The name that the rules see from now on; default: the one in the CONNECT packet. */
  readonly userName?: string;
  /** The client id that holds in place of the one in CONNECT. `ConnectRequest.sessionOf` is not about it. */
  readonly clientId?: string;
  /** For a client that asks for it (3.2.2.3.15); default: that of the listener. */
  readonly responseInformation?: string;
  /**
   * Milliseconds that the connection lasts at most, more than 0; then it ends with 0xA0 Maximum connect time, as one that the server ends:
   * the will is published, the session stays as the client wanted it. Default: for ever.
   */
  readonly maximumConnectTime?: number;
}

export type Admission = Admitted | Refusal;

export interface PublishRequest {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Bytes of the payload. */
  readonly size: number;
}

export interface SubscribeRequest {
  readonly topicFilter: string;
  readonly qos: QoS;
}

export interface ReceiveRequest {
  readonly topic: string;
  readonly qos: QoS;
  /** It is sent as a retained message. */
  readonly retain: boolean;
  /** The filter of the shared subscription that it comes by (4.8.2), with `$share/` and its name. */
  readonly sharedBy?: string;
}

/**
 * What clients may do. A rule that is left out allows; one that throws, or answers nonsense, refuses, with the event `failed`.
 * `connect` may ask somebody and answer later; the others answer at once, from what they know.
 *
 * @example
 * ```ts
 * import { type Admission, type Admitted, ALLOW, type Allowed, type ClientCertificate, createBroker } from 'wasmqtt/broker';
 * import { type ClientIdentity, type ConnectRequest, type Decision, type ListenerInfo, type PublishRequest } from 'wasmqtt/broker';
 * import { type ReceiveRequest, type Refusal, type Rules, refuse, type SubscribeRequest } from 'wasmqtt/broker';
 *
 * const yes: Allowed = ALLOW;
 * const no: Refusal = refuse('only its own topics');
 * const own = ({ clientId }: ClientIdentity, topic: string): Decision => (topic.startsWith(`${clientId}/`) ? yes : no);
 * const nameOf = (certificate: ClientCertificate | undefined) => certificate?.commonName;
 * const rules: Rules = {
 *   connect({ certificate, userName }: ConnectRequest): Admission {
 *     const admitted: Admitted = { allow: true, userName: nameOf(certificate) ?? userName };
 *     return admitted;
 *   },
 *   publish: (client, { topic }: PublishRequest) => own(client, topic),
 *   subscribe: (client, { topicFilter }: SubscribeRequest) => own(client, topicFilter),
 *   receive: (client, { topic }: ReceiveRequest) => own(client, topic),
 * };
 * const listener: ListenerInfo = { name: 'devices', rules };
 * const broker = await createBroker({ listeners: [{ protocol: 'mqtt', ...listener }] });
 * broker.listeners[0].name; // => 'devices'
 * const client: ClientIdentity = { clientId: 'pump', remote: '127.0.0.1', protocolVersion: 5, listener };
 * rules.publish?.(client, { topic: 'other/1', qos: 0, retain: false, size: 1 }).allow; // => false
 * await broker.close();
 * ```
 */
export interface Rules {
  /**
   * Set when these rules take what they know from the client's certificate: the option that makes them do so, for the error of a
   * listener that asks for none.
   */
  readonly needsCertificate?: string;
  /**
   * Begins an enhanced authentication (4.12) for a client whose CONNECT names a method; undefined refuses the method, with 0x8C.
   * When it has succeeded, `connect` is asked with `authentication` set. Left out: every method is refused.
   */
  authenticate?(request: AuthenticationRequest): Exchange | undefined;
  /** Who may come in, and who may use this client id. Asked again by `BrokerEngine.reconsider`. */
  connect?(request: ConnectRequest): Admission | Promise<Admission>;
  /** Asked for wills too, when they are published. */
  publish?(client: ClientIdentity, request: PublishRequest): Decision;
  /** Asked for each filter, before any of them takes effect. */
  subscribe?(client: ClientIdentity, request: SubscribeRequest): Decision;
  /** Asked at each delivery, and again when a message is sent from the queue or a second time. */
  receive?(client: ClientIdentity, request: ReceiveRequest): Decision;
}

/**
 * Everything is allowed; clients come in under the user name that they send.
 *
 * @example
 * ```ts
 * import { createBroker, openRules } from 'wasmqtt/broker';
 *
 * const broker = await createBroker({ listeners: [{ protocol: 'mqtt', name: 'lab', rules: openRules }] });
 * await broker.close();
 * ```
 */
export const openRules: Rules = {};
