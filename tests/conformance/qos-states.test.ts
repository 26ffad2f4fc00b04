import { describe, expect, it } from 'vitest';
import type { Packet, ProtocolVersion } from '../../host/core/index.js';
import { World } from '../host/broker/world.js';
import { answer, Client, message } from './session-rig.js';

// One table of the states of QoS 1 and 2 (4.3) for both sides that have them: the client session of the core, and the broker.

/** What a packet came to: the answer, whether it broke a rule, how often the message was handed on, and what a reconnect sends again. */
interface Outcome {
  answers: string[];
  isRefused: boolean;
  messages: number;
  resent: string[];
}

/** A side of the exchange with packet id 1, brought into a state. */
interface Side {
  /** The packet id of the message that this side sent, or one that it does not know. */
  packetId: number;
  receive(packet: Packet): Outcome;
}

const SENDING = ['no message', 'QoS 1 sent', 'QoS 2 sent', 'QoS 2 released'] as const;
type Sending = (typeof SENDING)[number];
type Receiving = 'no message' | 'QoS 2 received';

const text = (packet: Packet, version: ProtocolVersion) => {
  const code =
    'reasonCode' in packet && version === 5 && packet.reasonCode >= 0x80 ? ` 0x${packet.reasonCode.toString(16)}` : '';
  return `${packet.type.toUpperCase()}${code}`;
};
const isAnswer = ({ type }: Packet) => ['puback', 'pubrec', 'pubrel', 'pubcomp'].includes(type);

function clientSending(version: ProtocolVersion, state: Sending): Side {
  const client = new Client(version).connect();
  const qos = state === 'QoS 1 sent' ? 1 : 2;
  const packetId = state === 'no message' ? 1 : client.send(message(qos));
  if (state === 'QoS 2 released') client.receive(answer('pubrec', packetId));
  client.sent();
  return { packetId, receive: (packet) => outcomeOf(client, version, packet, message(qos, packetId)) };
}

function clientReceiving(version: ProtocolVersion, state: Receiving): Side {
  const client = new Client(version).connect();
  if (state === 'QoS 2 received') client.receive(message(2, 1));
  client.sent();
  return { packetId: 1, receive: (packet) => outcomeOf(client, version, packet) };
}

function outcomeOf(client: Client, version: ProtocolVersion, packet: Packet, own = message(2, 1)): Outcome {
  let events: string[] = [];
  let isRefused = false;
  try {
    events = client.receive(packet);
  } catch {
    isRefused = true;
  }
  const answers = isRefused
    ? []
    : client
        .sent()
        .filter(isAnswer)
        .map((sent) => text(sent, version));
  client.reconnect();
  client.sent();
  const resent = client.resent(own).map((sent) => sent.type);
  return { answers, isRefused, messages: events.filter((type) => type === 'message').length, resent };
}

function broker(version: ProtocolVersion) {
  const world = new World();
  const properties = { sessionExpiryInterval: 100 };
  const connect = () =>
    world.connect({ protocolVersion: version, cleanStart: false, ...(version === 5 && { properties }) });
  const client = connect();
  const receive = (packet: Packet): Outcome => {
    client.received.length = 0;
    const before = world.eventsOf('published').length;
    client.send(packet);
    const answers = client.received.filter(isAnswer).map((sent) => text(sent, version));
    const messages = world.eventsOf('published').length - before;
    const isRefused = client.isClosed;
    if (!isRefused) client.drop();
    const again = connect();
    return { answers: isRefused ? [] : answers, isRefused, messages, resent: again.received.map(({ type }) => type) };
  };
  return { world, client, receive };
}

function brokerSending(version: ProtocolVersion, state: Sending): Side {
  const { world, client, receive } = broker(version);
  client.subscribe('a', { qos: 2 });
  if (state === 'no message') return { packetId: 1, receive };
  world.engine.publish('a', 'x', { qos: state === 'QoS 1 sent' ? 1 : 2 });
  const packetId = client.next('publish').packetId!;
  if (state === 'QoS 2 released') client.send(answer('pubrec', packetId));
  return { packetId, receive };
}

function brokerReceiving(version: ProtocolVersion, state: Receiving): Side {
  const { client, receive } = broker(version);
  if (state === 'QoS 2 received') client.send(message(2, 1));
  return { packetId: 1, receive };
}

const done = { answers: [], isRefused: false, messages: 0, resent: [] };
const refused = (...resent: string[]) => ({ answers: [], isRefused: true, messages: 0, resent });
const says = (text: string, more: Partial<Outcome> = {}) => ({ ...done, answers: [text], ...more });
const ERROR = 0x80;

/** What each answer means to the side that sent, or did not send, a message. */
const sending: [Sending, Parameters<typeof answer>[0], number, Outcome][] = [
  ['no message', 'puback', 0, done],
  ['no message', 'puback', ERROR, done],
  ['no message', 'pubrec', 0, says('PUBREL 0x92')],
  ['no message', 'pubrec', ERROR, done],
  ['no message', 'pubcomp', 0, done],
  ['QoS 1 sent', 'puback', 0, done],
  ['QoS 1 sent', 'puback', ERROR, done],
  ['QoS 1 sent', 'pubrec', 0, refused('publish')],
  ['QoS 1 sent', 'pubrec', ERROR, refused('publish')],
  ['QoS 1 sent', 'pubcomp', 0, refused('publish')],
  ['QoS 2 sent', 'puback', 0, refused('publish')],
  ['QoS 2 sent', 'pubrec', 0, says('PUBREL', { resent: ['pubrel'] })],
  ['QoS 2 sent', 'pubrec', ERROR, done],
  ['QoS 2 sent', 'pubcomp', 0, refused('publish')],
  ['QoS 2 released', 'puback', 0, refused('pubrel')],
  ['QoS 2 released', 'pubrec', 0, says('PUBREL', { resent: ['pubrel'] })],
  ['QoS 2 released', 'pubrec', ERROR, refused('pubrel')],
  ['QoS 2 released', 'pubcomp', 0, done],
];

/** What each packet of the sender means to the side that received a message, or did not. */
const receiving: [Receiving, string, (packetId: number) => Packet, Outcome][] = [
  ['no message', 'PUBLISH of QoS 1', (id) => message(1, id), says('PUBACK', { messages: 1 })],
  ['no message', 'PUBLISH of QoS 2', (id) => message(2, id), says('PUBREC', { messages: 1 })],
  ['no message', 'PUBREL', (id) => answer('pubrel', id), says('PUBCOMP 0x92')],
  ['QoS 2 received', 'PUBLISH of QoS 1 with its id', (id) => message(1, id), refused()],
  ['QoS 2 received', 'the same PUBLISH', (id) => message(2, id, { dup: true }), says('PUBREC')],
  ['QoS 2 received', 'PUBREL', (id) => answer('pubrel', id), says('PUBCOMP')],
];

/** Before MQTT 5 an answer has no reason code. */
const forVersion = (outcome: Outcome, version: ProtocolVersion) =>
  version === 5 ? outcome : { ...outcome, answers: outcome.answers.map((text) => text.replace(/ .*/, '')) };

describe.each([
  ['the client session', clientSending, clientReceiving],
  ['the broker', brokerSending, brokerReceiving],
] as const)('%s follows the one table of QoS states (4.3)', (_, makeSending, makeReceiving) => {
  describe.each([4, 5] as const)('protocol version %i', (version) => {
    it.each(sending.filter(([, , code]) => version === 5 || code === 0))(
      'with %s, takes %s with reason code %i as the table says',
      (state, type, code, outcome) => {
        const side = makeSending(version, state);
        expect(side.receive(answer(type, side.packetId, code))).toEqual(forVersion(outcome, version));
      },
    );

    it.each(receiving)('with %s, takes %s as the table says', (state, _name, packetOf, outcome) => {
      const side = makeReceiving(version, state);
      expect(side.receive(packetOf(side.packetId))).toEqual(forVersion(outcome, version));
    });
  });
});
