import type { Will } from '../../../core/index.js';
import type { ClientIdentity } from '../access.js';
import type { Broker } from '../context.js';
import type { Deadline } from '../deadlines.js';
import { makeMessage } from '../message.js';

/** The will of one session (3.1.2.5): kept from CONNECT until it is published or discarded. */
export class WillKeeper {
  private will: Will | undefined;
  private client: ClientIdentity | undefined;
  private delay: Deadline | undefined;

  constructor(private readonly broker: Broker) {}

  /** Takes the will of a new connection. A will that still waited for its delay is not sent any more (3.1.3-9). */
  set(will: Will | undefined, client: ClientIdentity): void {
    this.discard();
    this.will = will && copy(will);
    this.client = client;
  }

  /** The client said goodbye with reason 0 (3.1.2-10). */
  discard(): void {
    this.delay?.cancel();
    this.delay = undefined;
    this.will = undefined;
  }

  /** The connection ended without a goodbye: publish now or after the will delay interval (3.1.3.2.2). */
  connectionLost(): void {
    const seconds = this.will?.properties?.willDelayInterval ?? 0;
    if (!this.will) return;
    if (seconds === 0) this.publish();
    else this.delay = this.broker.deadlines.add(this.broker.now() + seconds * 1000, () => this.publish());
  }

  /** The session ended, which does not wait for the delay (3.1.2-8). Call after `connectionLost` or `discard`. */
  sessionEnded(): void {
    this.publish();
  }

  private publish(): void {
    const { will, client, broker } = this;
    this.discard();
    if (!will || !client) return;
    const message = makeMessage(will, will.topic, broker.now(), client.clientId);
    const request = { qos: will.qos, retain: will.retain, size: will.payload.length };
    if (broker.access.publish(client, will.topic, request) !== 'allow') {
      broker.events.emit({ type: 'dropped', clientId: client.clientId, topic: will.topic, reason: 'not authorised' });
      return;
    }
    broker.router.publish(message);
  }
}

/** The packet's byte strings are views on the receive buffer. */
function copy(will: Will): Will {
  const { properties } = will;
  const correlationData = properties?.correlationData && new Uint8Array(properties.correlationData);
  return {
    ...will,
    payload: new Uint8Array(will.payload),
    properties: properties && { ...properties, ...(correlationData && { correlationData }) },
  };
}
