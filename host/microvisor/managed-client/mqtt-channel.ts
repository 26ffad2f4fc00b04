import { MvMqttReadableDataType, MvMqttRequestState, MvStatus, nameOf } from '../../../build/abi/microvisor.js';
import type { Subscription } from '../../core/index.js';
import type { ConnectRequest } from '../calls/mqtt/read-connect-request.js';
import type { Channel, ChannelDriver } from '../kernel/channels.js';
import type { Kernel } from '../kernel/kernel.js';
import { refuse } from '../kernel/statuses.js';
import { closedEarly } from '../transport/failures.js';
import type { TransportFailure } from '../transport/transport.js';
import { Inbox, type Item } from './inbox.js';
import { Link } from './link.js';
import { type ClientEvent, isBadValue, type MqttClient } from './mqtt-client.js';
import { type Entry, Outstanding, type PublishMessage } from './pending-requests.js';
import { refusalName } from './reason-names.js';
import type { Sessions } from './session-store.js';

/** A request whose values cannot be used is answered with INVALIDPARAMETERS: `invalid` says why. */
export type Request<T> = T | { invalid: string };

const { REQUESTCOMPLETED, INVALIDPARAMETERS, ALREADYCONNECTED, NOTCONNECTED, SOCKETERROR, CONNECTIONCIRCUITBREAKER } =
  MvMqttRequestState;

/**
 * What is behind one MQTT channel: at most one connection in its life. Requests are queued by the system calls
 * and done by `tick`; answers become items of the inbox, each with one notification.
 */
export class MqttConnection implements ChannelDriver {
  readonly inbox: Inbox;
  #state: 'none' | 'pending' | 'connected' | 'over' = 'none';
  #request: ConnectRequest | undefined;
  #link: Link | undefined;
  #connectDeadline = 0;
  #work: (() => void)[] = [];
  readonly #outstanding: Outstanding;
  #acknowledgements = 0;
  #disconnects = 0;

  constructor(
    private readonly kernel: Kernel,
    channel: Channel,
    private readonly sessions: Sessions,
  ) {
    this.inbox = new Inbox(kernel, channel, {
      lost: (receipt) => this.#link?.client.acknowledge(receipt, kernel.now()),
      flood: () => this.#circuitBreaker(),
    });
    this.#outstanding = new Outstanding(kernel, this.inbox);
  }

  /** One connect for each channel: REQUESTALREADYSENT, or ALREADYCONNECTED as response while the connection stands. */
  checkConnect(): void {
    if (this.#state === 'pending' || this.#state === 'over') refuse(MvStatus.REQUESTALREADYSENT);
  }

  connect(request: Request<ConnectRequest>): void {
    if (this.#state === 'connected') {
      this.#queue(() => this.#put({ type: MvMqttReadableDataType.CONNECTRESPONSE, state: ALREADYCONNECTED, code: 0 }));
      return;
    }
    this.#state = 'pending';
    this.#queue(() => this.#connect(request));
  }

  checkSubscription(type: 'subscribe' | 'unsubscribe'): void {
    if (this.#outstanding.count(type) >= this.kernel.limits.subscribesInFlight) refuse(MvStatus.RATELIMITED);
  }

  subscribe(correlationId: number, request: Request<Subscription[]>): void {
    const topics = 'invalid' in request ? [] : request.map((subscription) => subscription.topicFilter);
    this.#start({ type: 'subscribe', correlationId, topics }, request, (client, id, subscriptions) =>
      client.subscribe(id, subscriptions, this.kernel.now()),
    );
  }

  unsubscribe(correlationId: number, request: Request<string[]>): void {
    const topics = 'invalid' in request ? [] : request;
    this.#start({ type: 'unsubscribe', correlationId, topics }, request, (client, id, filters) =>
      client.unsubscribe(id, filters, this.kernel.now()),
    );
  }

  checkPublish(): void {
    if (this.#outstanding.count('publish') >= this.kernel.limits.publishesInFlight) refuse(MvStatus.RATELIMITED);
  }

  publish(correlationId: number, request: Request<PublishMessage>): void {
    const message = 'invalid' in request ? ({} as PublishMessage) : request;
    this.#start({ type: 'publish', correlationId, message }, request, (client, id, wanted) =>
      client.publish(id, wanted, this.kernel.now()),
    );
  }

  /** mvMqttAcknowledgeMessage; an id that stands for no unacknowledged message changes nothing. */
  acknowledge(correlationId: number): void {
    if (this.#acknowledgements >= this.kernel.limits.acknowledgementsInFlight) refuse(MvStatus.RATELIMITED);
    this.#acknowledgements++;
    this.#queue(() => {
      this.#acknowledgements--;
      const message = this.inbox.takeUnacknowledged(correlationId);
      if (!message?.receipt) return;
      this.#link?.client.acknowledge(message.receipt, this.kernel.now());
      if (this.#state !== 'connected') return;
      this.kernel.emit({ event: 'acknowledged', topic: message.topic, qos: message.qos });
    });
  }

  disconnect() {
    if (this.#disconnects >= this.kernel.limits.disconnectsInFlight) refuse(MvStatus.RATELIMITED);
    this.#disconnects++;
    this.#queue(() => {
      this.#disconnects--;
      if (this.#state === 'connected') return this.#ended('requested by the application', true, REQUESTCOMPLETED);
      if (this.#state === 'pending') {
        this.#connectFailed({ requestState: NOTCONNECTED, detail: 'the application asked to disconnect' });
      }
      this.#put({ type: MvMqttReadableDataType.DISCONNECTRESPONSE, state: NOTCONNECTED, code: 0 });
    });
  }

  tick(now: number): void {
    const work = this.#work;
    this.#work = [];
    for (const task of work) task();
    if (this.#state === 'pending' && this.#link && now >= this.#connectDeadline) {
      const detail = `no ${this.#link.tls ? 'CONNACK' : 'connection'} within ${this.kernel.behaviour.connectTimeout} ms`;
      this.#connectFailed({ requestState: SOCKETERROR, detail });
    }
    this.#link?.client.tick(now);
    this.#drain();
    this.inbox.admit();
  }

  nextDeadline(): number | undefined {
    if (this.#state === 'pending') return this.#link ? this.#connectDeadline : undefined;
    return this.#state === 'connected' ? this.#link?.client.nextDeadline(this.kernel.now()) : undefined;
  }

  close(reason: string, orderly: boolean): void {
    this.#work = [];
    this.inbox.close();
    if (this.#state === 'connected' || this.#state === 'pending') {
      this.#finish(orderly);
      this.kernel.emit({ event: 'disconnected', reason, requested: orderly });
    }
    this.#state = 'over';
  }

  #queue(task: () => void): void {
    this.#work.push(task);
    this.kernel.wake();
  }

  #put(item: Item): void {
    this.inbox.put(item);
  }

  /** Takes a request in, and hands it to the client in the next tick. */
  #start<T extends object>(
    entry: Entry,
    request: Request<T>,
    send: (client: MqttClient, id: number, request: T) => void,
  ): void {
    const id = this.#outstanding.add(entry);
    this.#queue(() => {
      if (this.#state !== 'connected' || !this.#link) return this.#outstanding.answer(id, NOTCONNECTED);
      if ('invalid' in request) return this.#outstanding.answer(id, INVALIDPARAMETERS);
      send(this.#link.client, id, request);
    });
  }

  #connect(request: Request<ConnectRequest>) {
    if ('invalid' in request) {
      return this.#connectFailed({ requestState: INVALIDPARAMETERS, detail: request.invalid });
    }
    this.#request = request;
    this.kernel.emit({ event: 'connecting', host: request.host, port: request.port });
    const link = new Link(this.kernel, this.sessions, request);
    this.#link = link;
    this.#connectDeadline = this.kernel.now() + this.kernel.behaviour.connectTimeout;
    try {
      link.client.start(this.kernel.now());
    } catch (error) {
      if (!isBadValue(error)) throw error;
      return this.#connectFailed({ requestState: INVALIDPARAMETERS, detail: error.message });
    }
    link.open({ news: () => this.#drain(), closed: (failure) => this.#closed(failure) });
  }

  /** Bytes first, then what they brought about: a QoS 0 publish is done when the transport has it. */
  #drain(): void {
    if (!this.#link || (this.#state !== 'connected' && this.#state !== 'pending')) return;
    this.#link.flush();
    for (const event of this.#link.client.takeEvents()) this.#on(event);
    this.#link.flush();
  }

  #on(event: ClientEvent) {
    // What came in one chunk with the end of the connection belongs to nobody any more.
    if (this.#state === 'over') return;
    switch (event.type) {
      case 'connected':
        return this.#connected(event.sessionPresent);
      case 'refused': {
        const version = this.#request?.mqtt.protocolVersion ?? 4;
        const detail = `the broker refused the connection: ${refusalName(version, event.reasonCode)}`;
        const said = event.reasonString ? ` (${event.reasonString})` : '';
        return this.#connectFailed({ requestState: REQUESTCOMPLETED, detail: detail + said }, event.reasonCode);
      }
      case 'subscribed':
      case 'unsubscribed':
        return this.#outstanding.answer(event.id, REQUESTCOMPLETED, event.reasonCodes);
      case 'published':
        return this.#outstanding.answer(event.id, REQUESTCOMPLETED, [event.reasonCode]);
      case 'invalid':
        return this.#outstanding.answer(event.id, INVALIDPARAMETERS);
      case 'message':
        return this.inbox.message(event);
      case 'flood':
        return this.#circuitBreaker();
      case 'closed':
        if (this.#state === 'pending') {
          return this.#connectFailed({ requestState: SOCKETERROR, detail: event.reason });
        }
        return this.#ended(event.reason, false, REQUESTCOMPLETED, event.reasonCode);
    }
  }

  #connected(sessionPresent: boolean): void {
    const request = this.#request;
    if (this.#state !== 'pending' || !request) return;
    this.#state = 'connected';
    this.#put({ type: MvMqttReadableDataType.CONNECTRESPONSE, state: REQUESTCOMPLETED, code: 0 });
    this.kernel.emit({
      event: 'connected',
      host: request.host,
      port: request.port,
      protocol: request.mqtt.protocolVersion === 5 ? '5' : '3.1.1',
      tls: this.#link?.tls?.tls ?? '',
      cipher: this.#link?.tls?.cipher ?? '',
      clientId: request.mqtt.clientId,
      sessionPresent,
    });
  }

  #connectFailed({ requestState, detail }: TransportFailure, reasonCode = 0): void {
    this.#finish(false);
    this.#put({ type: MvMqttReadableDataType.CONNECTRESPONSE, state: requestState, code: reasonCode });
    this.kernel.emit({
      event: 'connectFailed',
      host: this.#request?.host ?? '',
      port: this.#request?.port ?? 0,
      requestState: nameOf(MvMqttRequestState, requestState),
      reasonCode,
      detail,
    });
  }

  /** The transport is gone. */
  #closed(failure: TransportFailure | undefined): void {
    this.#drain();
    if (this.#state === 'connected') {
      this.#ended(failure?.detail ?? 'the broker closed the connection', false, NOTCONNECTED);
    } else if (this.#state === 'pending') {
      const clientCertificate = (this.#request?.clientChain.length ?? 0) > 0;
      this.#connectFailed(closedEarly(this.#link?.tls !== undefined, clientCertificate, failure));
    }
  }

  #circuitBreaker(): void {
    this.#ended('too many messages came in unread (circuit breaker)', false, CONNECTIONCIRCUITBREAKER);
  }

  /** The connection that stood is over: what was asked for and not answered is answered now. */
  #ended(reason: string, requested: boolean, state: MvMqttRequestState, code = 0): void {
    if (this.#state !== 'connected') return;
    this.#finish(true);
    this.#outstanding.answerAll(NOTCONNECTED);
    this.#put({ type: MvMqttReadableDataType.DISCONNECTRESPONSE, state, code });
    this.kernel.emit({ event: 'disconnected', reason, requested, ...(code ? { reasonCode: code } : {}) });
  }

  #finish(goodbye: boolean): void {
    const connected = this.#state === 'connected';
    this.#state = 'over';
    this.#link?.end(goodbye && connected, connected);
  }
}
