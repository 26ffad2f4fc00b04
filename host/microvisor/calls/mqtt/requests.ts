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
import type { Calls } from '../../kernel/statuses.js';
import type { PublishMessage } from '../../managed-client/pending-requests.js';
import { RequestReader } from '../request-reader.js';
import { connectRequestSize, readConnectRequest } from './read-connect-request.js';
import type { MqttCallServices, UseMqtt } from './use-mqtt.js';

const { OKAY, PARAMETERFAULT, TOOMANYELEMENTS } = MvStatus;
/** Bytes of a topic or a filter (MQTT 1.5.4). */
const LONGEST = 0xffff;

/** The calls that ask for something: connect, subscribe, unsubscribe, publish, acknowledge, disconnect. */
export function requestCalls(kernel: MqttCallServices, use: UseMqtt): Calls {
  const { memory, channels, limits } = kernel;
  return {
    mvMqttRequestConnect: (handle, address) => {
      if (!memory.holds(address, connectRequestSize, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      if (!mqtt.mayConnect) return MvStatus.REQUESTALREADYSENT;
      const wanted = readConnectRequest(kernel, address);
      if (typeof wanted === 'number') return channels.ended(mqtt.channel, wanted);
      mqtt.connect(wanted);
      return OKAY;
    },
    mvMqttRequestSubscribe: (handle, address) => {
      if (!memory.holds(address, MvMqttSubscribeRequestLayout.SIZE, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      const request = readMvMqttSubscribeRequest(memory.view, address);
      if (request.numSubscriptions > limits.topics) return TOOMANYELEMENTS;
      if (!mqtt.mayAsk('subscribe')) return MvStatus.RATELIMITED;
      const reader = new RequestReader(memory);
      const wanted = readSubscriptions(kernel, reader, request);
      if (reader.status !== OKAY) return channels.ended(mqtt.channel, reader.status);
      mqtt.subscribe(request.correlationId, orInvalid(reader, wanted));
      return OKAY;
    },
    mvMqttRequestUnsubscribe: (handle, address) => {
      if (!memory.holds(address, MvMqttUnsubscribeRequestLayout.SIZE, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      const request = readMvMqttUnsubscribeRequest(memory.view, address);
      if (request.numTopics > limits.topics) return TOOMANYELEMENTS;
      if (!mqtt.mayAsk('unsubscribe')) return MvStatus.RATELIMITED;
      const reader = new RequestReader(memory);
      const wanted = readTopics(kernel, reader, request);
      if (reader.status !== OKAY) return channels.ended(mqtt.channel, reader.status);
      mqtt.unsubscribe(request.correlationId, orInvalid(reader, wanted));
      return OKAY;
    },
    mvMqttRequestPublish: (handle, address) => {
      if (!memory.holds(address, MvMqttPublishRequestLayout.SIZE, 4)) return PARAMETERFAULT;
      const mqtt = use(handle);
      if (typeof mqtt === 'number') return mqtt;
      const request = readMvMqttPublishRequest(memory.view, address);
      if (!mqtt.mayAsk('publish')) return MvStatus.RATELIMITED;
      const reader = new RequestReader(memory);
      const wanted = readMessage(reader, request, mqtt.channel.send.size);
      if (reader.status !== OKAY) return channels.ended(mqtt.channel, reader.status);
      mqtt.publish(request.correlationId, orInvalid(reader, wanted));
      return OKAY;
    },
    mvMqttAcknowledgeMessage: (handle, correlationId) => {
      const mqtt = use(handle);
      return typeof mqtt === 'number' ? mqtt : mqtt.acknowledge(correlationId);
    },
    mvMqttRequestDisconnect: (handle) => {
      const mqtt = use(handle);
      return typeof mqtt === 'number' ? mqtt : mqtt.disconnect();
    },
  };
}

function readSubscriptions(
  { memory }: MqttCallServices,
  reader: RequestReader,
  { subscriptions, numSubscriptions }: MvMqttSubscribeRequest,
): Subscription[] {
  if (numSubscriptions === 0) reader.reject(NO_TOPIC);
  return reader.list(subscriptions, numSubscriptions, MvMqttSubscriptionLayout.SIZE, (at) => {
    const { topic, desiredQos, nl, rap, rh } = readMvMqttSubscription(memory.view, at);
    if (rh > 2) reader.reject(`retain handling ${rh} is above 2`);
    return {
      topicFilter: reader.text(reader.bytes(topic, 'topic filter', LONGEST), 'topic filter'),
      qos: readQos(reader, desiredQos),
      noLocal: nl !== 0,
      retainAsPublished: rap !== 0,
      retainHandling: rh as 0 | 1 | 2,
    };
  });
}

function readTopics(
  { memory }: MqttCallServices,
  reader: RequestReader,
  { topics, numTopics }: MvMqttUnsubscribeRequest,
): string[] {
  if (numTopics === 0) reader.reject(NO_TOPIC);
  return reader.list(topics, numTopics, MvSizedStringLayout.SIZE, (at) =>
    reader.text(reader.bytes(readMvSizedString(memory.view, at), 'topic filter', LONGEST), 'topic filter'),
  );
}

/** A message has to fit into the send buffer of the channel. */
function readMessage(reader: RequestReader, request: MvMqttPublishRequest, room: number): PublishMessage {
  const topic = reader.text(reader.bytes(request.topic, 'topic', Math.min(LONGEST, room)), 'topic');
  return {
    topic,
    payload: reader.bytes(request.payload, 'payload', Math.max(0, room - request.topic.length)),
    qos: readQos(reader, request.desiredQos),
    retain: request.retain !== 0,
  };
}

function readQos(reader: RequestReader, value: number): QoS {
  if (value > 2) reader.reject(`QoS ${value} is above 2`);
  return value as QoS;
}

/** A request with no topic at all is a protocol error (MQTT-3.8.3-2, MQTT-3.10.3-2). */
const NO_TOPIC = 'the request names no topic';

function orInvalid<T>({ invalid }: RequestReader, request: T): T | { invalid: string } {
  return invalid === undefined ? request : { invalid };
}
