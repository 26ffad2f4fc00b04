import { MvMqttReadableDataType, MvMqttRequestState, MvStatus } from '../../../build/abi/microvisor.js';
import { refusalName, type Subscription } from '../../core/index.js';
import type { Channel, ChannelDriver } from '../kernel/channel-driver.js';
import { closedEarly } from '../transport/failures.js';
import type { TransportFailure } from '../transport/transport.js';
import { isBadValue } from './bad-value.js';
import type { ClientEvent } from './client-event.js';
import { connectFailed } from './connect-failed.js';
import type { ConnectRequest } from './connect-request.js';
import { Inbox } from './inbox.js';
import { Link } from './link.js';
import type { MqttClient } from './mqtt-client.js';
import type { MqttServices, Shared } from './mqtt-services.js';
import { type PendingRequest, PendingRequests, type PublishMessage, type Request } from './pending-requests.js';

/** A channel has at most one connection in its life. */
type State =
  | { name: 'unused' }
  /** The connect request waits for the next tick. */
  | { name: 'requested' }
  | { name: 'connecting'; request: ConnectRequest; link: Link; deadline: number }
  | { name: 'connected'; request: ConnectRequest; link: Link }
  /** The client of the connection still takes acknowledgements, which its session sends over the next connection. */
  | { name: 'over'; client?: MqttClient };

const { REQUESTCOMPLETED, INVALIDPARAMETERS, ALREADYCONNECTED, NOTCONNECTED, SOCKETERROR, CONNECTIONCIRCUITBREAKER } =
  MvMqttRequestState;
const { CONNECTRESPONSE, DISCONNECTRESPONSE } = MvMqttReadableDataType;

/**
 * What is behind one MQTT channel. The system calls queue requests, and `tick` carries them out; answers become items
 * of the inbox, each with one notification.
 */
export class MqttChannel implements ChannelDriver {
  readonly channel: Channel;
  readonly inbox: Inbox;
  readonly #services: MqttServices;
  readonly #shared: Shared;
  readonly #pending: PendingRequests;
  #state: State = { name: 'unused' };
  #work: ((now: number) => void)[] = [];
  #acknowledgements = 0;
  #disconnects = 0;

  constructor(services: MqttServices, channel: Channel, shared: Shared) {
    this.channel = channel;
    this.#services = services;
    this.#shared = shared;
    this.inbox = new Inbox(services, channel, {
      lost: (receipt, now) => this.#client?.acknowledge(receipt, now),
      flood: (now) => this.#circuitBreaker(now),
    });
    this.#pending = new PendingRequests(services, this.inbox);
  }

  /** Whether `connect` is allowed: once, and while a connection stands, which it then answers with ALREADYCONNECTED. */
  get mayConnect(): boolean {
    const { name } = this.#state;
    return name === 'unused' || (name === 'connected' && this.#isKept);
  }

  /** Whether a request of that type is allowed; it is RATELIMITED otherwise. */
  mayAsk(type: PendingRequest['type']): boolean {
    const { subscribesInFlight, publishesInFlight } = this.#services.limits;
    return this.#pending.count(type) < (type === 'publish' ? publishesInFlight : subscribesInFlight) && this.#isKept;
  }

  connect(request: Request<ConnectRequest>): void {
    if (this.#state.name === 'connected') {
      this.#queue(() => this.inbox.put({ type: CONNECTRESPONSE, state: ALREADYCONNECTED, code: 0 }));
      return;
    }
    this.#state = { name: 'requested' };
    this.#queue((now) => this.#connect(request, now));
  }

  subscribe(correlationId: number, request: Request<Subscription[]>): void {
    const topics = 'invalid' in request ? [] : request.map((subscription) => subscription.topicFilter);
    this.#start({ type: 'subscribe', correlationId, topics }, request, (client, id, subscriptions, now) =>
      client.subscribe(id, subscriptions, now),
    );
  }

  unsubscribe(correlationId: number, request: Request<string[]>): void {
    const topics = 'invalid' in request ? [] : request;
    this.#start({ type: 'unsubscribe', correlationId, topics }, request, (client, id, filters, now) =>
      client.unsubscribe(id, filters, now),
    );
  }

  publish(correlationId: number, request: Request<PublishMessage>): void {
    const message = 'invalid' in request ? ({} as PublishMessage) : request;
    this.#start({ type: 'publish', correlationId, message }, request, (client, id, wanted, now) =>
      client.publish(id, wanted, now),
    );
  }

  /** mvMqttAcknowledgeMessage; the id of a message that is not unacknowledged changes nothing. */
  acknowledge(correlationId: number) {
    if (this.#acknowledgements >= this.#services.limits.acknowledgementsInFlight) return MvStatus.RATELIMITED;
    this.#acknowledgements++;
    this.#queue((now) => {
      this.#acknowledgements--;
      const message = this.inbox.takeUnacknowledged(correlationId);
      if (!message?.receipt) return;
      this.#client?.acknowledge(message.receipt, now);
      if (this.#state.name !== 'connected') return;
      this.#services.emit({ event: 'acknowledged', topic: message.topic, qos: message.qos });
    });
    return MvStatus.OKAY;
  }

  disconnect() {
    if (this.#disconnects >= this.#services.limits.disconnectsInFlight || !this.#isKept) return MvStatus.RATELIMITED;
    this.#disconnects++;
    this.#queue((now) => {
      this.#disconnects--;
      const { name } = this.#state;
      if (name === 'connected') return this.#ended('requested by the application', true, REQUESTCOMPLETED, now);
      if (name === 'requested' || name === 'connecting') {
        this.#connectFailed({ requestState: NOTCONNECTED, detail: 'the application asked to disconnect' }, now);
      }
      this.inbox.put({ type: DISCONNECTRESPONSE, state: NOTCONNECTED, code: 0 });
    });
    return MvStatus.OKAY;
  }

  tick(now: number): void {
    const work = this.#work;
    if (work.length > 0) this.#work = [];
    for (const task of work) task(now);
    if (this.#state.name === 'connecting' && now >= this.#state.deadline) {
      const missing = this.#state.link.tls ? 'CONNACK' : 'connection';
      const detail = `no ${missing} within ${this.#services.behaviour.connectTimeout} ms`;
      this.#connectFailed({ requestState: SOCKETERROR, detail }, now);
    }
    this.#link?.tick(now);
    this.inbox.admit(now);
  }

  nextDeadline(now: number): number | undefined {
    return this.#state.name === 'connecting' ? this.#state.deadline : this.#link?.nextDeadline(now);
  }

  close(reason: string, orderly: boolean): void {
    this.#work = [];
    this.inbox.close();
    const { name } = this.#state;
    this.#finish(orderly, this.#services.now());
    if (name === 'unused' || name === 'over') return;
    this.#services.emit({ event: 'disconnected', reason, requested: orderly });
  }

  /** Whether the answer to one more request can be kept until the application reads it. */
  get #isKept(): boolean {
    return this.inbox.size + this.#work.length < this.#services.limits.unreadItems;
  }

  /** The connection, from the opening of its transport until it is over. */
  get #link(): Link | undefined {
    return 'link' in this.#state ? this.#state.link : undefined;
  }

  get #client(): MqttClient | undefined {
    return this.#state.name === 'over' ? this.#state.client : this.#link?.client;
  }

  #queue(task: (now: number) => void): void {
    this.#work.push(task);
    this.#services.wake();
  }

  /** Keeps a request until its answer; the next tick hands it to the client. */
  #start<T extends object>(
    entry: PendingRequest,
    request: Request<T>,
    send: (client: MqttClient, id: number, request: T, now: number) => void,
  ): void {
    const id = this.#pending.add(entry);
    this.#queue((now) => {
      if (this.#state.name !== 'connected') return this.#pending.answer(id, NOTCONNECTED);
      if ('invalid' in request) return this.#pending.answer(id, INVALIDPARAMETERS);
      send(this.#state.link.client, id, request, now);
    });
  }

  #connect(request: Request<ConnectRequest>, now: number) {
    // A disconnect request of the same turn has answered it already.
    if (this.#state.name !== 'requested') return;
    if ('invalid' in request) {
      return this.#connectFailed({ requestState: INVALIDPARAMETERS, detail: request.invalid }, now);
    }
    this.#services.emit({ event: 'connecting', host: request.host, port: request.port });
    const link = new Link(this.#services, this.#shared, request, this.inbox.maximumPacketSize, {
      events: (events, at) => {
        for (const event of events) this.#on(event, at);
      },
      closed: (failure, at) => this.#closed(failure, at),
    });
    const deadline = now + this.#services.behaviour.connectTimeout;
    this.#state = { name: 'connecting', request, link, deadline };
    try {
      link.client.start(now);
    } catch (error) {
      if (!isBadValue(error)) throw error;
      return this.#connectFailed({ requestState: INVALIDPARAMETERS, detail: error.message }, now);
    }
    link.open();
  }

  #on(event: ClientEvent, now: number) {
    const state = this.#state;
    // What came in one chunk with the end of the connection is dropped.
    if (state.name !== 'connecting' && state.name !== 'connected') return;
    switch (event.type) {
      case 'connected':
        return this.#connected(event.sessionPresent);
      case 'refused': {
        const name = refusalName(state.request.mqtt.protocolVersion, event.reasonCode);
        const more = event.reasonString ? ` (${event.reasonString})` : '';
        const detail = `the broker refused the connection: ${name}${more}`;
        return this.#connectFailed({ requestState: REQUESTCOMPLETED, detail }, now, event.reasonCode);
      }
      case 'subscribed':
      case 'unsubscribed':
        return this.#pending.answer(event.id, REQUESTCOMPLETED, event.reasonCodes);
      case 'published':
        return this.#pending.answer(event.id, REQUESTCOMPLETED, [event.reasonCode]);
      case 'invalid':
        return this.#pending.answer(event.id, INVALIDPARAMETERS);
      case 'message':
        return this.inbox.message(event, now);
      case 'flood':
        return this.#circuitBreaker(now);
      case 'closed':
        if (state.name === 'connecting') {
          return this.#connectFailed({ requestState: SOCKETERROR, detail: event.reason }, now);
        }
        return this.#ended(event.reason, false, REQUESTCOMPLETED, now, event.reasonCode);
    }
  }

  #connected(sessionPresent: boolean): void {
    if (this.#state.name !== 'connecting') return;
    const { request, link } = this.#state;
    this.#state = { name: 'connected', request, link };
    this.inbox.put({ type: CONNECTRESPONSE, state: REQUESTCOMPLETED, code: 0 });
    this.#services.emit({
      event: 'connected',
      host: request.host,
      port: request.port,
      protocol: request.mqtt.protocolVersion === 5 ? '5' : '3.1.1',
      tls: link.tls?.tls ?? '',
      cipher: link.tls?.cipher ?? '',
      clientId: request.mqtt.clientId,
      sessionPresent,
      ...(request.mqtt.will && { will: request.mqtt.will }),
    });
  }

  #connectFailed(failure: TransportFailure, now: number, reasonCode = 0): void {
    const request = 'request' in this.#state ? this.#state.request : undefined;
    const event = connectFailed(request, this.#link, failure, reasonCode);
    this.#finish(false, now);
    this.inbox.put({ type: CONNECTRESPONSE, state: failure.requestState, code: reasonCode });
    this.#services.emit(event);
  }

  /** The transport is gone. */
  #closed(failure: TransportFailure | undefined, now: number): void {
    const state = this.#state;
    if (state.name === 'connected') {
      this.#ended(failure?.detail ?? 'the broker closed the connection', false, NOTCONNECTED, now);
    } else if (state.name === 'connecting') {
      const clientCertificate = state.request.clientChain.length > 0;
      this.#connectFailed(closedEarly(state.link.tls !== undefined, clientCertificate, failure), now);
    }
  }

  #circuitBreaker(now: number): void {
    this.#ended('too many messages came in unread (circuit breaker)', false, CONNECTIONCIRCUITBREAKER, now);
  }

  /** Ends a connection that stood: requests without a response are answered now. */
  #ended(reason: string, requested: boolean, state: MvMqttRequestState, now: number, code = 0): void {
    if (this.#state.name !== 'connected') return;
    this.#finish(true, now);
    this.#pending.answerAll(NOTCONNECTED);
    this.inbox.put({ type: DISCONNECTRESPONSE, state, code });
    this.#services.emit({ event: 'disconnected', reason, requested, ...(code ? { reasonCode: code } : {}) });
  }

  #finish(goodbye: boolean, now: number): void {
    const { name } = this.#state;
    const link = this.#link;
    const connected = name === 'connected';
    if (name !== 'over') this.#state = { name: 'over', client: link?.client };
    link?.end(goodbye && connected, connected, now);
  }
}
