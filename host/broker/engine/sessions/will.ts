import type { Will } from '../../../core/index.js';
import type { Deadline } from '../deadlines.js';
import { makeMessage } from '../message.js';
import type { ClientIdentity } from '../rules.js';
import type { SessionEnvironment } from './environment.js';

/** The will of one session (3.1.2.5): kept from CONNECT until it is published or discarded. */
export class WillKeeper {
  readonly #environment: SessionEnvironment;
  #will: Will | undefined;
  #client: ClientIdentity | undefined;
  #delay: Deadline | undefined;

  constructor(environment: SessionEnvironment) {
    this.#environment = environment;
  }

  /** Keeps the will of a new connection. One that still waits for its delay is never sent (3.1.3-9). */
  set(will: Will | undefined, client: ClientIdentity): void {
    this.discard();
    this.#will = will && copy(will);
    this.#client = client;
    if (this.#will) this.#environment.journal?.willKept(client, this.#will, undefined);
  }

  /**
   * Takes over a will that a journal kept, of a client that is not connected.
   *
   * @param publishAt milliseconds: the end of its delay; undefined when the client was connected until the broker ended
   */
  restore(will: Will, client: ClientIdentity, publishAt: number | undefined): void {
    this.#will = will;
    this.#client = client;
    if (publishAt === undefined) this.connectionLost();
    else if (publishAt <= this.#environment.now) this.#publish();
    else this.#delay = this.#environment.deadlines.add(publishAt, () => this.#publish());
  }

  /** Leaves the will to the journal, if there is one: the broker publishes it when it runs again (3.1.2.5). */
  brokerEnds(): void {
    this.#delay?.cancel();
    this.#will = undefined;
  }

  /** The client said goodbye with reason 0 (3.1.2-10). */
  discard(): void {
    this.#delay?.cancel();
    this.#delay = undefined;
    if (this.#will && this.#client) this.#environment.journal?.willGone(this.#client.clientId);
    this.#will = undefined;
  }

  /** The connection ended without a goodbye: publishes now or after the will delay interval (3.1.3.2.2). */
  connectionLost(): void {
    if (!this.#will) return;
    const seconds = this.#will.properties?.willDelayInterval ?? 0;
    if (seconds === 0) {
      this.#publish();
      return;
    }
    const at = this.#environment.now + seconds * 1000;
    this.#delay = this.#environment.deadlines.add(at, () => this.#publish());
    this.#environment.journal?.willKept(this.#client!, this.#will, at);
  }

  /** The session ended, which does not wait for the delay (3.1.2-8). Call after `connectionLost` or `discard`. */
  sessionEnded(): void {
    this.#publish();
  }

  #publish(): void {
    const environment = this.#environment;
    const [will, client] = [this.#will, this.#client];
    this.discard();
    if (!will || !client) return;
    const { topic, qos, retain, payload } = will;
    const decision = environment.rules.publish(client, { topic, qos, retain, size: payload.length });
    if (decision.allow) environment.publish(makeMessage(will, topic, environment.now, client));
    else environment.reportDrop(client.clientId, topic, 'not authorised', decision);
  }
}

/** Copies the bytes, which are views of the receive buffer. */
function copy(will: Will): Will {
  const { properties } = will;
  const correlationData = properties?.correlationData && new Uint8Array(properties.correlationData);
  return {
    ...will,
    payload: new Uint8Array(will.payload),
    properties: properties && { ...properties, ...(correlationData && { correlationData }) },
  };
}
