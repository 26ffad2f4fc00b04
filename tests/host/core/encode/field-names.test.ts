import { describe, expect, it } from 'vitest';
import { encodePacket, type Packet, preparePublish } from '../../../../host/core/index.js';

const half = '\ud800';
const long = Buffer.alloc(65_536);
const payload = Buffer.from('x');
const publish = { type: 'publish', topic: 'a', payload, qos: 0, retain: false, dup: false };
const connect = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'dev' };
const will = { topic: 'w', payload, qos: 0, retain: false };
const subscribe = (subscription: object) => ({ type: 'subscribe', packetId: 1, subscriptions: [subscription] });

describe('an error of encodePacket names the field', () => {
  it.each<[string, unknown]>([
    ['cannot encode connect: clientId: ', { ...connect, clientId: half }],
    ['cannot encode connect: userName: ', { ...connect, userName: half }],
    ['cannot encode connect: password: ', { ...connect, password: long }],
    ['cannot encode connect: will.topic: ', { ...connect, will: { ...will, topic: half } }],
    ['cannot encode connect: will.payload: ', { ...connect, will: { ...will, payload: long } }],
    ['cannot encode publish: the', { ...publish, payload: new Uint8Array(new ArrayBuffer(268_435_455)) }],
    ['cannot encode publish: a Topic Name holds a wildcard', { ...publish, topic: 'a/#' }],
    ['cannot encode subscribe: topicFilter: ', subscribe({ topicFilter: half, qos: 0 })],
    ['cannot encode unsubscribe: topicFilter: ', { type: 'unsubscribe', packetId: 1, topicFilters: [half] }],
    ['connect: there is no property none', { ...connect, properties: { none: 1 } }],
    ['connack: reasonCode must be 0 to 255', { type: 'connack', sessionPresent: false, reasonCode: 256 }],
    ['puback: packetId must be 0 to 65535', { type: 'puback', packetId: 65_536, reasonCode: 0 }],
    ['suback: packetId must be 0 to 65535', { type: 'suback', packetId: 65_536, reasonCodes: [0] }],
    ['subscribe: topicFilter must be a string', subscribe({ topicFilter: 1, qos: 0 })],
    ['unsubscribe: topicFilter must be a string', { type: 'unsubscribe', packetId: 1, topicFilters: [1] }],
    ['subscribe: qos must be an integer', subscribe({ topicFilter: 'a', qos: '0' })],
    ['subscribe: noLocal must be true or false', subscribe({ topicFilter: 'a', qos: 0, noLocal: 1 })],
    ['subscribe: retainAsPublished must be true or', subscribe({ topicFilter: 'a', qos: 0, retainAsPublished: 1 })],
    ['subscribe: retainHandling must be 0 to 3', subscribe({ topicFilter: 'a', qos: 0, retainHandling: 4 })],
  ])('%s', (message, packet) => {
    expect(() => encodePacket(packet as Packet, 5)).toThrow(message);
  });
});

describe('an error of a prepared packet names its type', () => {
  const template = { topic: 'a', qos: 0, retain: false } as const;

  it('when the topic is wrong', () => {
    expect(() => preparePublish({ ...template, topic: 'a/#' }, 5)).toThrow('cannot encode publish: a Topic Name');
  });

  it('when the payload is too large', () => {
    const payload = new Uint8Array(new ArrayBuffer(268_435_455)); // never touched, so it takes no memory
    expect(() => preparePublish(template, 5).encode(payload)).toThrow('cannot encode publish: the');
  });
});
