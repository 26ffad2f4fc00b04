import { type AuthPacket, type Properties, ReasonCode } from '../../../core/index.js';
import type { GuardedRules } from '../guarded-rules.js';
import type { Reply } from '../message.js';
import type { Authenticated, ClientIdentity, ConnectRequest, Exchange } from '../rules.js';
import { Violation } from '../violation.js';

/** The connection as its authentication sees it. */
export interface AuthenticationWire {
  readonly rules: Pick<GuardedRules, 'authenticate'>;
  /** False when the packet is larger than the client accepts. */
  send(packet: Reply): boolean;
  /** Calls `then` with the answer, at once or when it comes; never when the connection is over by then. */
  whenAnswered<T extends object>(answer: T | Promise<T>, then: (answer: T) => void): void;
  /** A client begins to authenticate again: the connection ends unless `stopTimer` comes in time. */
  startTimer(): void;
  stopTimer(): void;
}

/**
 * The enhanced authentication of one connection (4.12): with CONNECT, and as often again as the client likes. All of it throws
 * Violation for what the client does wrong or the rules refuse.
 */
export class Authentication {
  readonly #wire: AuthenticationWire;
  /** Of CONNECT, and of all that follows (4.12.0-5, 4.12.1-1). */
  readonly method: string;
  /** The one that runs. */
  #exchange: Exchange | undefined;
  /** The rules have not answered its last step yet. */
  #isAsked = false;
  #done: ((success: Authenticated) => void) | undefined;

  constructor(wire: AuthenticationWire, method: string) {
    this.#wire = wire;
    this.method = method;
  }

  /** With CONNECT: `done` is called when CONNACK may be sent. */
  begin(request: ConnectRequest, data: Uint8Array | undefined, done: (success: Authenticated) => void): void {
    this.#begin(request, false, data, done);
  }

  /** AUTH came. @param client undefined before CONNACK */
  receive({ reasonCode, properties }: AuthPacket, client: ClientIdentity | undefined): void {
    const { authenticationMethod: method, authenticationData: data } = properties ?? {};
    const { protocolError, continueAuthentication, reAuthenticate } = ReasonCode;
    if (method !== this.method) {
      throw new Violation(protocolError, `AUTH names the method "${method}", CONNECT "${this.method}" (4.12.0-5)`);
    }
    if (reasonCode === reAuthenticate && client && !this.#exchange) {
      this.#wire.startTimer();
      this.#begin(client, true, data, (success) => this.#repeated(client, success));
    } else if (reasonCode === continueAuthentication && this.#exchange && !this.#isAsked) {
      this.#step(this.#exchange, data);
    } else {
      throw new Violation(protocolError, `AUTH 0x${reasonCode.toString(16)} at this point (4.12)`);
    }
  }

  /** Method and data, for CONNACK and AUTH. */
  properties(data: Uint8Array | undefined): Properties {
    return { authenticationMethod: this.method, ...(data && { authenticationData: data }) };
  }

  /** The connection is over. */
  cancel(): void {
    this.#exchange?.cancel?.();
    this.#exchange = undefined;
  }

  #begin(
    client: ConnectRequest | ClientIdentity,
    isRepeated: boolean,
    data: Uint8Array | undefined,
    done: (success: Authenticated) => void,
  ): void {
    const exchange = this.#wire.rules.authenticate({ method: this.method, client, isRepeated });
    if (!exchange) {
      const text = `the authentication method "${this.method}" is not supported (4.12.0-1)`;
      throw new Violation(ReasonCode.badAuthenticationMethod, text);
    }
    this.#exchange = exchange;
    this.#done = done;
    this.#step(exchange, data);
  }

  #step(exchange: Exchange, data: Uint8Array | undefined): void {
    this.#isAsked = true;
    // The bytes of a packet are views of its buffer.
    this.#wire.whenAnswered(exchange.step(data && new Uint8Array(data)), (step) => {
      this.#isAsked = false;
      if ('allow' in step || step.next === 'success') this.#exchange = undefined;
      if ('allow' in step) throw Violation.of(step);
      if (step.next === 'success') this.#finish(step);
      else this.#send(ReasonCode.continueAuthentication, step.data);
    });
  }

  /** What `done` holds on to goes with it, such as the CONNECT packet. */
  #finish(success: Authenticated): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(success);
  }

  #repeated({ userName }: ClientIdentity, success: Authenticated): void {
    if (success.userName !== undefined && success.userName !== userName) {
      const text = `"${userName}" authenticated again as "${success.userName}"; connect again to be somebody else`;
      throw new Violation(ReasonCode.notAuthorized, text);
    }
    this.#wire.stopTimer();
    this.#send(ReasonCode.success, success.data);
  }

  #send(reasonCode: number, data: Uint8Array | undefined): void {
    if (this.#wire.send({ type: 'auth', reasonCode, properties: this.properties(data) })) return;
    throw new Violation(ReasonCode.packetTooLarge, 'the client accepts no packet of the size of AUTH');
  }
}
