import { encodePacket, type Packet, type ProtocolVersion } from '../../host/core/index.js';

/** A packet of the broker, as a line of a script. */
export const broker = (packet: Packet, version: ProtocolVersion = 5): string =>
  `broker ${encodePacket(packet, version).toString('hex')}`;

const readAll = [0, 1, 2, 3].map(() => 'next');
const device = ['setup 51 16', 'network 1', 'poll', 'news', 'status'];
const channel = [...device, 'open 1 1024 512'];
const connack = (version: ProtocolVersion, sessionPresent = false) =>
  broker({ type: 'connack', sessionPresent, reasonCode: 0 }, version);
const connected = (version: ProtocolVersion, clean = 1) => [
  ...channel,
  `connect ${version === 5 ? 5 : 3} ${clean} 60 client-1`,
  'poll',
  'sent',
  connack(version),
  'news',
  'next',
  'read-connect',
];
const message = (topic: string, payload: string, qos: 0 | 1 | 2 = 0, packetId = 1, dup = false, version: ProtocolVersion = 5) =>
  broker(
    { type: 'publish', topic, payload: Buffer.from(payload), qos, retain: false, dup, ...(qos ? { packetId } : {}) } as Packet,
    version,
  );
const answer = (type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number, version: ProtocolVersion, reasonCode = 0) =>
  broker({ type, packetId, reasonCode } as Packet, version);

const CALLS = [
  'open 1 1024 512',
  'close',
  'reason',
  'next',
  'connect 5 1 60 c',
  'subscribe 1 0 a',
  'unsubscribe 1 a',
  'publish 1 0 0 a b',
  'ack 1',
  'disconnect',
  'read-connect',
  'read-disconnect',
  'read-publish',
  'read-subscribe 8',
  'read-unsubscribe 8',
  'read-message 64 64',
  'read-lost 64',
  'config 1 1 k1',
  'response',
  'item 0 10',
];

const forVersion = (version: 4 | 5): Record<string, string[]> => ({
  'connects, subscribes, publishes and disconnects': [
    ...connected(version),
    ...['subscribe 7 1 a/b c/#', 'poll', 'sent', 'subscribe 8 1 d', 'unsubscribe 9 e'],
    broker({ type: 'suback', packetId: 1, reasonCodes: [1, 0x80] }, version),
    ...['news', 'next', 'read-subscribe 1', 'read-subscribe 8', 'read-subscribe 8', 'sent'],
    broker({ type: 'unsuback', packetId: 2, reasonCodes: version === 5 ? [0] : [] }, version),
    ...['news', 'next', 'read-unsubscribe 8', 'publish 1 0 0 t hello', 'publish 2 1 1 t hello', 'publish 3 2 0 t -', 'poll'],
    ...['sent', 'news', 'next', 'read-publish', 'next'],
    answer('puback', 3, version, version === 5 ? 0x10 : 0),
    ...['news', 'next', 'read-publish', 'next'],
    answer('pubrec', 4, version),
    ...['sent', 'news', 'next'],
    answer('pubcomp', 4, version),
    ...['news', 'read-publish', 'disconnect', 'disconnect', 'poll', 'publish 4 0 0 t x', 'poll', 'sent', 'news', ...readAll],
    ...['read-disconnect', 'read-publish', 'next', 'reason', 'connect 5 1 60 client-1', 'close', 'close', 'next'],
  ],
  'takes messages, which are acknowledged in any order': [
    ...connected(version),
    ...[message('a', 'zero', 0, 1, false, version), message('a/b', 'one', 1, 11, false, version)],
    ...[message('a/b', 'two', 1, 12, false, version), message('c', 'three', 2, 13, false, version), 'news', 'sent'],
    ...['read-message 64 64', 'read-message 64 64', 'read-message 64 64', 'next', 'read-message 64 64', 'next'],
    ...['ack 3', 'poll', 'sent', 'ack 2', 'poll', 'sent', 'ack 2', 'ack 99', 'ack 4', 'poll', 'sent'],
    ...[answer('pubrel', 13, version), 'sent', message('c', 'three', 2, 13, true, version), 'news', 'next'],
  ],
  'says which message was lost, and takes the next': [
    ...connected(version),
    ...[message('big', 'x'.repeat(1500), 1, 5, false, version), message('fits', 'y'.repeat(1000), 0, 1, false, version)],
    ...['news', 'poll', 'sent', 'next', 'read-lost 2', 'read-message 64 64', 'read-lost 64', 'next'],
    ...['read-message 4 100', 'read-message 3 1000', 'read-message 64 2000', 'next'],
  ],
  'waits with messages while the receive buffer is full': [
    ...connected(version),
    ...['a', 'b', 'c', 'd'].map((topic) => message(topic, topic.repeat(400), 0, 1, false, version)),
    ...['news', 'next', 'read-message 64 1024', 'poll', 'poll', 'news', 'read-message 64 1024', 'poll', 'poll', 'news'],
    ...['read-message 64 1024', 'read-message 64 1024', 'next'],
  ],
  'is told when the broker is gone': [
    ...connected(version),
    ...['subscribe 7 1 a/b', 'publish 2 1 0 t x', 'poll', 'news', 'fail 7', 'news', ...readAll, 'read-subscribe 8', 'read-publish'],
    ...['read-disconnect', 'next', 'publish 3 1 0 t x', 'subscribe 1 0 a', 'subscribe 1 0 a', 'poll', 'news', 'read-publish'],
    ...['read-subscribe 8', 'disconnect', 'poll', 'read-disconnect', 'reason'],
  ],
  'keeps the connection alive, and gives it up without an answer': [
    ...connected(version),
    ...['sent', 'time 59000', 'sent', 'time 1000', 'sent', broker({ type: 'pingresp' }, version), 'news', 'time 60000', 'sent'],
    ...['time 10000', 'sent', 'news', 'read-disconnect'],
  ],
  'is refused by the broker': [
    ...[...channel, `connect ${version === 5 ? 5 : 3} 1 60 client-1`, 'poll'],
    broker({ type: 'connack', sessionPresent: false, reasonCode: version === 5 ? 0x87 : 5 }, version),
    ...['news', 'read-connect', 'next', 'connect 5 1 60 client-1', 'publish 1 0 0 a b', 'poll', 'news', 'read-publish'],
  ],
  'ends the connection over a packet that breaks the rules': [
    ...connected(version),
    ...['publish 1 1 0 a b', 'poll', 'sent', 'news', message('t', 'x', 0, 1, false, version), 'broker f100', 'sent', 'news'],
    ...['next', 'read-message 64 64', 'read-publish', 'read-disconnect', 'next'],
  ],
  'ends the connection over a packet that does not belong here': [
    ...[...connected(version), answer('puback', 77, version), 'sent', 'news', 'next', 'read-disconnect'],
  ],
});

/** Scripts by the behaviour that they show, for both versions. */
export const forBoth = forVersion;

/** Scripts that need no version, or one alone. */
export const single: Record<string, string[]> = {
  'gives the device, its clocks and its log': [
    ...['device 34', 'device 33', 'microseconds', 'time 5', 'microseconds', 'wall', 'log hello', 'logging 512 1', 'logging 0 0'],
    ...['logging 500 0', 'logging 512 0', 'log hello', 'log *512', 'log *513', 'log *5000', 'pointers null', 'device 34'],
    ...['microseconds', 'wall', 'log hello', 'pointers -', 'log hello'],
  ],
  'refuses notification buffers of no use': [
    ...['setup 51 1', 'setup 125 16', 'pointers null', 'setup 51 16', 'unset', 'pointers -', 'unset', 'setup 51 16', 'unset', 'unset'],
  ],
  'has the network while its link is up': [
    ...['reasons', 'network 2', 'network 1', 'setup 51 16', 'network 1', 'reasons', 'status', 'poll', 'news', 'status', 'link 0'],
    ...['status', 'news', 'open 1 512 512', 'link 1', 'status', 'news', 'open 1 512 512', 'link 0', 'news', 'reason', 'next', 'link 1'],
    ...['release', 'reasons', 'status', 'release', 'pointers null', 'reasons', 'status', 'release', 'network 1'],
  ],
  'closes channels when the network is released': [
    ...[...connected(5), 'release', 'poll', 'sent', 'news', 'reason', 'next', 'publish 1 0 0 a b', 'close', 'reason'],
  ],
  'refuses channels of no use': [
    ...['open 1 512 512', ...device, 'open 1 500 512', 'open 1 512 0', 'open 1 512 512 odd', 'open 9 512 512', 'open 0 512 512'],
    ...['open 2 512 512', 'pointers nested', 'open 1 512 512', 'pointers null', 'open 1 512 512', 'pointers -'],
    ...Array.from({ length: 9 }, () => ['open 3 512 512', 'close']).flat(),
    ...['time 1001', 'open 3 512 512 a', 'open 3 512 512 b', 'open 3 512 512 c', 'open 3 512 512 d', 'open 3 512 512 e'],
  ],
  'fetches configs': [
    ...[...device, 'open 3 1024 512', 'response', 'item 0 10', 'config 1 1 k10 none broken k0 k100', 'config 1 1 k1', 'response'],
    ...['poll', 'news', 'response', 'item 0 9', 'item 0 10', 'item 1 0', 'item 2 0', 'item 3 0', 'item 4 200', 'item 5 200'],
    ...['pointers nested', 'item 0 10', 'pointers null', 'item 0 10', 'response', 'pointers -', 'item 0 10', 'close'],
  ],
  'says that the values are too large': [
    ...[...device, 'open 3 512 512', 'config 0 0 k500 k13 k1', 'poll', 'news', 'response', 'item 0 600'],
  ],
  'takes values that fill the buffer': [
    ...[...device, 'open 3 512 512', 'config 0 0 k500 k12 k0', 'poll', 'news', 'response', 'item 0 600', 'item 1 600', 'item 2 0'],
  ],
  'refuses config requests of no use': [
    ...[...device, 'open 3 512 512', 'config 2 0 k1', 'config 0 2 k1', 'config 0 0 -', 'config 0 0 *101', `config 0 0${' k1'.repeat(28)}`],
    ...['config 0 0 *100 *100 *100 *100 *100', 'pointers null', 'config 0 0 k1', 'pointers nested', 'config 0 0 k1', 'pointers -'],
    ...['config 0 0 k1', 'reason'],
  ],
  'answers a request without keys': [...device, 'open 3 512 512', 'config 0 0', 'poll', 'news', 'response', 'item 0 1'],
  ...Object.fromEntries(
    ['zero', 'notification'].map((handle) => [`refuses a handle: ${handle}`, [...device, `handle ${handle}`, ...CALLS.slice(2)]]),
  ),
  'refuses a channel of another type': [...device, 'open 3 512 512', ...CALLS.slice(2, 17)],
  'refuses an MQTT channel for configs': [...channel, ...CALLS.slice(17)],
  'refuses pointers to nothing': [...connected(5), 'pointers null', ...CALLS],
  'has nothing to read at first': [...connected(5), ...CALLS.filter((line) => line.startsWith('read-'))],
  ...Object.fromEntries(
    ['connect 5 1 60 c', 'connect 5 1 60 c u p'].map((line) => [
      `closes the channel over a nested pointer: ${line}`,
      [...channel, 'pointers nested', line, 'pointers -', 'reason', line, 'close'],
    ]),
  ),
  ...Object.fromEntries(
    ['subscribe 1 0 a', 'unsubscribe 1 a', 'publish 1 0 0 a b'].map((line) => [
      `closes the connection over a nested pointer: ${line}`,
      [...connected(5), 'pointers nested', line, 'pointers -', 'reason', line, 'poll', 'sent', 'news', 'close'],
    ]),
  ),
  'closes the channel over a nested pointer: read-message': [
    ...[...connected(5), message('a', 'b'), 'pointers nested', 'read-message 64 64', 'pointers -', 'reason', 'next'],
  ],
  'closes the channel over a nested pointer: read-subscribe': [
    ...[...connected(5), 'subscribe 1 0 a', 'poll', broker({ type: 'suback', packetId: 1, reasonCodes: [0] }), 'pointers nested'],
    ...['read-subscribe 8', 'pointers -', 'reason'],
  ],
  'connects with a user name, a password and a will': [...channel, 'connect 5 1 60 c user secret will/topic gone', 'poll', 'sent'],
  'refuses a connect request of no use': [
    ...[...channel, 'connect 5 1 60 -', 'connect 5 1 60 c u p - gone', 'connect 5 1 60 c u p will -', 'connect 5 1 65536 c', 'poll'],
    ...['news', 'read-connect', 'connect 5 1 60 c'],
  ],
  'answers a second connect with ALREADYCONNECTED': [
    ...[...connected(5), 'connect 5 1 60 client-1', 'poll', 'news', 'next', 'read-connect', 'publish 1 0 0 a b', 'poll', 'news'],
  ],
  'refuses a second connect while the first is in service': [...channel, 'connect 5 1 60 c', 'connect 5 1 60 c', 'poll', 'sent'],
  'gives up a connect that is not answered': [
    ...[...channel, 'connect 5 1 60 c', 'poll', 'time 14999', 'news', 'time 1', 'news', 'read-connect', 'next'],
  ],
  ...Object.fromEntries(
    [4, 5, 6, 7].map((state) => [
      `says why there is no connection: ${state}`,
      [...channel, 'connect 3 1 60 c', 'poll', `fail ${state}`, 'news', 'read-connect', 'next', 'close'],
    ]),
  ),
  'disconnects while it connects': [
    ...[...channel, 'connect 5 1 60 c', 'poll', 'disconnect', 'disconnect', 'poll', 'news', 'read-connect', 'read-disconnect', 'next'],
  ],
  'answers requests without a connection': [
    ...[...channel, 'publish 1 1 0 a b', 'subscribe 2 0 a', 'unsubscribe 3 a', 'disconnect', 'poll', 'news', 'read-publish'],
    ...['read-subscribe 8', 'read-unsubscribe 8', 'read-disconnect', 'next', 'connect 5 1 60 c', 'poll', 'sent'],
  ],
  'refuses values that MQTT does not allow': [
    ...[...connected(5), 'publish 3 3 0 a x', 'publish 1 0 0 a/+ x', 'publish 2 1 0 - x', 'subscribe 4 3 a', 'unsubscribe 5 a#', 'poll'],
    ...['sent', 'news', 'read-publish', 'read-publish', 'read-publish', 'read-subscribe 8', 'read-unsubscribe 8', 'next', 'subscribe 6 0'],
    ...['unsubscribe 7', 'poll', 'read-subscribe 8', 'read-unsubscribe 8', 'subscribe 8 0 a b c d e f g h i', 'unsubscribe 8 a b c d e f g h i'],
  ],
  'takes eight publish requests at a time': [
    ...[...connected(5), ...Array.from({ length: 9 }, (_, index) => `publish ${index} 1 0 a b`), 'poll', 'publish 9 1 0 a b', 'sent'],
    ...[answer('puback', 1, 5), 'news', 'publish 10 1 0 a b', 'publish 11 1 0 a b', 'poll', 'sent'],
  ],
  'waits for the Receive Maximum of the broker': [
    ...[...channel, 'connect 5 1 60 c', 'poll', 'sent'],
    broker({ type: 'connack', sessionPresent: false, reasonCode: 0, properties: { receiveMaximum: 1 } }),
    ...['publish 1 1 0 a 1', 'publish 2 1 0 a 2', 'publish 3 0 0 a 3', 'poll', 'sent', answer('puback', 1, 5), 'sent'],
    ...[answer('puback', 2, 5), 'news', 'read-connect', 'read-publish', 'read-publish', 'read-publish', 'next'],
  ],
  'goes on with a session of 3.1.1 over the next channel': [
    ...[...connected(4, 0), 'publish 1 1 0 a one', 'publish 2 2 0 a two', 'publish 3 2 0 a three', 'poll', 'sent'],
    ...[answer('pubrec', 2, 4), 'sent', message('in', 'q2', 2, 40, false, 4), message('in', 'q1', 1, 41, false, 4), 'fail 7', 'news'],
    ...['read-publish', 'read-publish', 'read-publish', 'read-message 64 64', 'ack 1', 'poll', 'read-message 64 64', 'close', 'open 1 1024 512'],
    ...['connect 3 0 60 client-1', 'poll', 'sent', connack(4, true), 'sent', message('in', 'q2', 2, 40, true, 4), 'sent', 'news'],
    ...['read-connect', 'next', message('in', 'q1', 1, 41, true, 4), 'news', 'read-message 64 64', 'ack 1', 'poll', 'sent'],
    ...[answer('puback', 1, 4), answer('pubcomp', 2, 4), 'news', 'next'],
  ],
  'begins anew when the broker has no session': [
    ...[...connected(4, 0), 'publish 1 1 0 a one', 'poll', 'sent', 'fail 7', 'close', 'open 1 1024 512', 'connect 3 0 60 client-1'],
    ...['poll', 'sent', connack(4, false), 'sent', 'news', 'read-connect', 'next', 'publish 2 1 0 a two', 'poll', 'sent'],
  ],
  'is disconnected by the broker, with its reason': [
    ...[...connected(5), 'publish 1 1 0 a b', 'poll', 'sent', broker({ type: 'disconnect', reasonCode: 0x8b }), 'sent', 'news'],
    ...['read-publish', 'read-disconnect', 'next', 'reason'],
  ],
  'opens the circuit when messages flood': [
    ...connected(5),
    ...Array.from({ length: 33 }, (_, index) => message('a', '', 2, index + 1)).slice(0, 20),
    'news',
    ...Array.from({ length: 20 }, () => 'read-message 64 64'),
    ...Array.from({ length: 13 }, (_, index) => message('a', '', 2, index + 21)),
    ...['news', 'sent', ...Array.from({ length: 12 }, () => 'read-message 64 64'), 'next', 'read-disconnect'],
  ],
};
