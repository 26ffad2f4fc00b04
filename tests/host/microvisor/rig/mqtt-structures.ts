import {
  type MvMqttAuthentication,
  MvMqttAuthenticationMethod,
  MvMqttLostMessageInfoLayout,
  MvMqttMessageLayout,
  MvMqttPublishRequestLayout,
  MvMqttSubscribeRequestLayout,
  MvMqttSubscribeResponseLayout,
  MvMqttSubscriptionLayout,
  MvMqttUnsubscribeRequestLayout,
  MvMqttWillLayout,
  MvSizedStringLayout,
  MvTlsCredentialsLayout,
  writeMvMqttLostMessageInfo,
  writeMvMqttMessage,
  writeMvMqttPublishRequest,
  writeMvMqttSubscribeRequest,
  writeMvMqttSubscribeResponse,
  writeMvMqttSubscription,
  writeMvMqttUnsubscribeRequest,
  writeMvMqttWill,
  writeMvSizedString,
  writeMvTlsCredentials,
} from '../../../../build/abi/microvisor.js';
import type { QoS } from '../../../../host/core/index.js';
import type { Rig } from './rig.js';

export function credentials(
  rig: Rig,
  certificates: { ca?: Uint8Array[]; chain?: Uint8Array[]; key?: Uint8Array },
): number {
  const list = (items: Uint8Array[] = []) => {
    const certs = rig.alloc(items.length * MvSizedStringLayout.SIZE || 4);
    for (const [index, der] of items.entries()) writeMvSizedString(rig.view, certs + index * 8, rig.put(der));
    return { numCerts: items.length, certs };
  };
  const address = rig.alloc(MvTlsCredentialsLayout.SIZE);
  writeMvTlsCredentials(rig.view, address, {
    cacert: list(certificates.ca),
    clientcert: { chain: list(certificates.chain), key: rig.put(certificates.key ?? '') },
  });
  return address;
}

export function login(rig: Rig, username: string, password: string): MvMqttAuthentication {
  return {
    method: MvMqttAuthenticationMethod.USERNAMEPASSWORD,
    usernamePassword: { username: rig.put(username), password: rig.put(password) },
  };
}

export function will(rig: Rig, topic: string, payload: string, qos = 0): number {
  const address = rig.alloc(MvMqttWillLayout.SIZE);
  writeMvMqttWill(rig.view, address, { topic: rig.put(topic), payload: rig.put(payload), qos, retain: 1 });
  return address;
}

export function subscribeRequest(rig: Rig, topics: string[], correlationId = 7, desiredQos = 1): number {
  const list = rig.alloc(topics.length * MvMqttSubscriptionLayout.SIZE || 4);
  for (const [index, topic] of topics.entries()) {
    const entry = { topic: rig.put(topic), desiredQos, nl: 0, rap: 0, rh: 0 };
    writeMvMqttSubscription(rig.view, list + index * MvMqttSubscriptionLayout.SIZE, entry);
  }
  const address = rig.alloc(MvMqttSubscribeRequestLayout.SIZE);
  writeMvMqttSubscribeRequest(rig.view, address, {
    correlationId,
    subscriptions: list,
    numSubscriptions: topics.length,
  });
  return address;
}

export function unsubscribeRequest(rig: Rig, topics: string[], correlationId = 8): number {
  const list = rig.alloc(topics.length * MvSizedStringLayout.SIZE || 4);
  for (const [index, topic] of topics.entries()) writeMvSizedString(rig.view, list + index * 8, rig.put(topic));
  const address = rig.alloc(MvMqttUnsubscribeRequestLayout.SIZE);
  writeMvMqttUnsubscribeRequest(rig.view, address, { correlationId, topics: list, numTopics: topics.length });
  return address;
}

export function publishRequest(
  rig: Rig,
  topic: string,
  payload: string,
  desiredQos = 0,
  correlationId = 9,
  retain = 0,
): number {
  const address = rig.alloc(MvMqttPublishRequestLayout.SIZE);
  const strings = { topic: rig.put(topic), payload: rig.put(payload) };
  writeMvMqttPublishRequest(rig.view, address, { correlationId, ...strings, desiredQos, retain });
  return address;
}

/** struct MvMqttSubscribeResponse (the same as MvMqttUnsubscribeResponse) with room for `count` codes. */
export function codesResponse(rig: Rig, count = 8, size = count * 4) {
  const out = { state: rig.words(0xee), id: rig.words(0xee), codes: rig.alloc(count * 4), length: rig.words(0xee) };
  const address = rig.alloc(MvMqttSubscribeResponseLayout.SIZE);
  writeMvMqttSubscribeResponse(rig.view, address, {
    requestState: out.state,
    correlationId: out.id,
    reasonCodes: out.codes,
    reasonCodesSize: size,
    reasonCodesLen: out.length,
  });
  return { address, ...out };
}

export function messageOut(rig: Rig, topicSize = 64, payloadSize = 64) {
  const out = {
    id: rig.words(0),
    topic: rig.alloc(topicSize || 1),
    topicLength: rig.words(0),
    payload: rig.alloc(payloadSize || 1),
    payloadLength: rig.words(0),
    qos: rig.words(0),
    retain: rig.alloc(1),
  };
  const address = rig.alloc(MvMqttMessageLayout.SIZE);
  writeMvMqttMessage(rig.view, address, {
    correlationId: out.id,
    topic: { data: out.topic, size: topicSize, length: out.topicLength },
    payload: { data: out.payload, size: payloadSize, length: out.payloadLength },
    qos: out.qos,
    retain: out.retain,
  });
  return { address, ...out };
}

export function lostOut(rig: Rig, topicSize = 64) {
  const out = {
    reason: rig.words(0xee),
    topic: rig.alloc(topicSize || 1),
    topicLength: rig.words(0),
    length: rig.words(0),
  };
  const address = rig.alloc(MvMqttLostMessageInfoLayout.SIZE);
  writeMvMqttLostMessageInfo(rig.view, address, {
    reason: out.reason,
    topic: { data: out.topic, size: topicSize, length: out.topicLength },
    messageLen: out.length,
  });
  return { address, ...out };
}

/** The broker sends a message, and the kernel takes it. */
export function arrive(rig: Rig, topic: string, payload: string | Uint8Array, qos: QoS = 0, packetId = 1): void {
  const packet = { type: 'publish', topic, payload: Buffer.from(payload), qos, retain: false, dup: false } as const;
  rig.link.send(qos > 0 ? { ...packet, packetId } : packet, 5);
  rig.tick();
}

export function subscribed(rig: Rig, channel: number, topics = ['a/b']): void {
  rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, topics));
  rig.tick();
  const { packetId } = rig.link.last('subscribe');
  rig.link.send({ type: 'suback', packetId, reasonCodes: topics.map(() => 1) }, 5);
  rig.tick();
}

export function unsubscribed(rig: Rig, channel: number, topics = ['a/b']): void {
  rig.ok('mvMqttRequestUnsubscribe', channel, unsubscribeRequest(rig, topics));
  rig.tick();
  const { packetId } = rig.link.last('unsubscribe');
  rig.link.send({ type: 'unsuback', packetId, reasonCodes: topics.map(() => 0) }, 5);
  rig.tick();
}
