import {
  type ConnackPacket,
  type ConnectPacket,
  type DisconnectPacket,
  type Packet,
  ReasonCode,
} from '../../../core/index.js';
import type { EngineContext } from '../context.js';
import type { Admission, Authenticated, ClientIdentity, ConnectRequest } from '../rules.js';
import { Violation } from '../violation.js';
import { announcement, type Entrance, identityOf, requestOf } from './admission.js';
import { Authentication, type AuthenticationWire } from './authentication.js';

/** A client that may come in. */
export interface Arrived {
  /** Its bytes are its own. */
  readonly packet: ConnectPacket;
  readonly identity: ClientIdentity;
  /** With Session Present 0. */
  readonly connack: ConnackPacket;
  /** Milliseconds, where the rules limit it. */
  readonly maximumConnectTime?: number;
}

/** The way of a CONNECT packet to a client: what the broker can do, enhanced authentication if it is asked for, the rules. */
export class Arrival {
  /** When CONNECT names a method. */
  readonly authentication: Authentication | undefined;
  readonly #context: EngineContext;
  readonly #entrance: Entrance;
  readonly #wire: AuthenticationWire;
  /** Until the client has arrived. */
  #packet: ConnectPacket | undefined;
  #request: ConnectRequest;
  /** Of the last step, for CONNACK (3.2.2.3.18). */
  #data: Uint8Array | undefined;

  /** @throws Violation with the reason code to put into CONNACK */
  constructor(
    context: EngineContext,
    entrance: Entrance,
    packet: ConnectPacket,
    isBridge: boolean,
    wire: AuthenticationWire,
  ) {
    const method = packet.properties?.authenticationMethod;
    this.#context = context;
    this.#entrance = entrance;
    this.#wire = wire;
    this.#packet = withOwnBytes(packet);
    this.#request = requestOf(context, packet, entrance, isBridge);
    this.authentication = method === undefined ? undefined : new Authentication(wire, method);
  }

  /** @param arrived called once, now or later @throws Violation as the constructor, here and where `wire` calls back */
  begin(arrived: (client: Arrived) => void): void {
    const data = this.#packet?.properties?.authenticationData;
    if (this.authentication)
      this.authentication.begin(this.#request, data, (step) => this.#authenticated(step, arrived));
    else this.#ask(arrived);
  }

  /** What else than AUTH comes before CONNACK. @throws Violation unless it is DISCONNECT (3.1.2-30) */
  goodbyeIn(packet: Packet): DisconnectPacket {
    if (packet.type === 'disconnect') return packet;
    const text = `${packet.type.toUpperCase()} before CONNACK, where only AUTH and DISCONNECT may come (3.1.2-30)`;
    throw new Violation(ReasonCode.protocolError, text);
  }

  /** Asks the rules again whether this client may be here (and under which name). */
  reconsider(session: { client: ClientIdentity }): void {
    const { userName } = session.client;
    const answer = this.#context.rules.connect({ ...this.#request, sessionOf: { userName }, isRepeated: true });
    this.#wire.whenAnswered<Admission>(answer, (admission) => {
      if (!admission.allow) throw Violation.of(admission);
      const newName = admission.userName || this.#request.userName;
      if (newName !== session.client.userName) session.client = { ...session.client, userName: newName };
    });
  }

  #authenticated({ userName, data }: Authenticated, arrived: (client: Arrived) => void): void {
    this.#data = data && new Uint8Array(data);
    const { method } = this.authentication!;
    this.#request = { ...this.#request, userName: userName ?? this.#request.userName, authentication: { method } };
    this.#ask(arrived);
  }

  #ask(arrived: (client: Arrived) => void): void {
    this.#wire.whenAnswered<Admission>(this.#context.rules.connect(this.#request), (admission) => {
      const packet = this.#packet!;
      const identity = identityOf(this.#context, this.#entrance, this.#request, admission);
      const connack = this.#connack(packet, identity, admission);
      this.#packet = undefined;
      arrived({
        packet,
        identity,
        connack,
        maximumConnectTime: admission.allow ? admission.maximumConnectTime : undefined,
      });
    });
  }

  #connack(packet: ConnectPacket, identity: ClientIdentity, admission: Admission): ConnackPacket {
    const connack: ConnackPacket = { type: 'connack', sessionPresent: false, reasonCode: ReasonCode.success };
    if (packet.protocolVersion !== 5 || !admission.allow) return connack;
    const { longestExpiry } = this.#context.sessions;
    const announced = announcement(this.#entrance.settings, packet, identity, admission, longestExpiry);
    return { ...connack, properties: { ...announced, ...this.authentication?.properties(this.#data) } };
  }
}

/** The bytes of a packet are views of a buffer that the next packet, such as AUTH, may overwrite. */
function withOwnBytes(packet: ConnectPacket): ConnectPacket {
  const own = (bytes: Uint8Array | undefined) => bytes && new Uint8Array(bytes);
  const { will, properties } = packet;
  return {
    ...packet,
    // It is in the request to the rules.
    password: undefined,
    will: will && {
      ...will,
      payload: own(will.payload)!,
      properties: will.properties && { ...will.properties, correlationData: own(will.properties.correlationData) },
    },
    properties: properties && { ...properties, authenticationData: own(properties.authenticationData) },
  };
}
