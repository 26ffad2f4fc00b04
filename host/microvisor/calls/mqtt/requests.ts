import {
  type MvMqttPublishRequest,
  MvMqttPublishRequestLayout,
  type MvMqttSubscribeRequest,
  MvMqttSubscribeRequestLayout,
  MvMqttSubscriptionLayout,
  type MvMqttUnsubscribeRequest,
  MvMqttUnsubscribeRequestLayout,
  MvSizedStringLayout,
  MvStatus,
  readMvMqttPublishRequest,
  readMvMqttSubscribeRequest,
  readMvMqttSubscription,
  readMvMqttUnsubscribeRequest,
  readMvSizedString,
} from '../../../../build/abi/microvisor.js';
import type { QoS, Subscription } from '../../../core/index.js';
import { type Calls, refuse } from '../../kernel/statuses.js';
import type { PublishMessage, Request } from '../../managed-client/pending-requests.js';
import { InvalidRequest, text } from './guest-text.js';
import { connectRequestSize, readConnectRequest } from './read-connect-request.js';
import type { MqttCallServices, UseMqtt } from './use-mqtt.js';

const late = MvStatus.LATEFAULT;

/** The calls that ask for something: connect, subscribe, unsubscribe, publish, acknowledge, disconnect. */
export function requestCalls(kernel: MqttCallServices, use: UseMqtt): Calls {
  const { memory } = kernel;
  return {
    mvMqttRequestConnect: (handle, address) => {
      memory.check(address, connectRequestSize, 4);
      const { channel, mqtt } = use(handle);
      mqtt.checkConnect();
      mqtt.connect(kernel.channels.guard(channel, () => readConnectRequest(kernel, address)));
    },
    mvMqttRequestSubscribe: (handle, address) => {
      memory.check(address, MvMqttSubscribeRequestLayout.SIZE, 4);
      const { channel, mqtt } = use(handle);
      const request = readMvMqttSubscribeRequest(memory.view, address);
      if (request.numSubscriptions > kernel.limits.topics) refuse(MvStatus.TOOMANYELEMENTS);
      mqtt.checkSubscription('subscribe');
      const wanted = kernel.channels.guard(channel, () => readSubscriptions(kernel, request));
      mqtt.subscribe(request.correlationId, wanted);
    },
    mvMqttRequestUnsubscribe: (handle, address) => {
      memory.check(address, MvMqttUnsubscribeRequestLayout.SIZE, 4);
      const { channel, mqtt } = use(handle);
      const request = readMvMqttUnsubscribeRequest(memory.view, address);
      if (request.numTopics > kernel.limits.topics) refuse(MvStatus.TOOMANYELEMENTS);
      mqtt.checkSubscription('unsubscribe');
      const wanted = kernel.channels.guard(channel, () => readTopics(kernel, request));
      mqtt.unsubscribe(request.correlationId, wanted);
    },
    mvMqttRequestPublish: (handle, address) => {
      memory.check(address, MvMqttPublishRequestLayout.SIZE, 4);
      const { channel, mqtt } = use(handle);
      const request = readMvMqttPublishRequest(memory.view, address);
      mqtt.checkPublish();
      const wanted = kernel.channels.guard(channel, () => readMessage(kernel, request));
      mqtt.publish(request.correlationId, wanted);
    },
    mvMqttAcknowledgeMessage: (handle, correlationId) => use(handle).mqtt.acknowledge(correlationId),
    mvMqttRequestDisconnect: (handle) => use(handle).mqtt.disconnect(),
  };
}

function readSubscriptions({ memory }: MqttCallServices, request: MvMqttSubscribeRequest): Request<Subscription[]> {
  const { subscriptions, numSubscriptions } = request;
  if (numSubscriptions > 0) memory.check(subscriptions, numSubscriptions * MvMqttSubscriptionLayout.SIZE, 4, late);
  const raw = Array.from({ length: numSubscriptions }, (_, index) => {
    const entry = readMvMqttSubscription(memory.view, subscriptions + index * MvMqttSubscriptionLayout.SIZE);
    return { ...entry, topic: memory.copy(entry.topic.data, entry.topic.length, late) };
  });
  return orInvalid(() =>
    atLeastOne(raw).map(({ topic, desiredQos, nl, rap, rh }) => {
      if (rh > 2) throw new InvalidRequest(`retain handling ${rh} is above 2`);
      return {
        topicFilter: text(topic, 'topic filter'),
        qos: qos(desiredQos),
        noLocal: nl !== 0,
        retainAsPublished: rap !== 0,
        retainHandling: rh as 0 | 1 | 2,
      };
    }),
  );
}

function readTopics({ memory }: MqttCallServices, { topics, numTopics }: MvMqttUnsubscribeRequest): Request<string[]> {
  if (numTopics > 0) memory.check(topics, numTopics * MvSizedStringLayout.SIZE, 4, late);
  const raw = Array.from({ length: numTopics }, (_, index) => {
    const { data, length } = readMvSizedString(memory.view, topics + index * MvSizedStringLayout.SIZE);
    return memory.copy(data, length, late);
  });
  return orInvalid(() => atLeastOne(raw).map((bytes) => text(bytes, 'topic filter')));
}

function readMessage({ memory }: MqttCallServices, request: MvMqttPublishRequest): Request<PublishMessage> {
  const topic = memory.copy(request.topic.data, request.topic.length, late);
  const payload = memory.copy(request.payload.data, request.payload.length, late);
  return orInvalid(() => ({
    topic: text(topic, 'topic'),
    payload,
    qos: qos(request.desiredQos),
    retain: request.retain !== 0,
  }));
}

function qos(value: number): QoS {
  if (value > 2) throw new InvalidRequest(`QoS ${value} is above 2`);
  return value as QoS;
}

/** A request with no topic at all is a protocol error (MQTT-3.8.3-2, MQTT-3.10.3-2). */
function atLeastOne<T>(list: T[]): T[] {
  if (list.length === 0) throw new InvalidRequest('the request names no topic');
  return list;
}

function orInvalid<T>(read: () => T): Request<T> {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidRequest) return { invalid: error.message };
    throw error;
  }
}
