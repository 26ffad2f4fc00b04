import { ALLOW, type Rules } from '../../../../../host/broker/index.js';
import { encodePacket, type Packet, type Properties } from '../../../../../host/core/index.js';
import type { Watch } from './watch.js';

const METHOD = 'm';

/** Rules with a method of two steps; one client of theirs waits for ever. */
export const RULES: Rules = {
  connect: ({ clientId }) => (clientId === 'waiting' ? new Promise(() => {}) : ALLOW),
  authenticate: ({ method }) => {
    let steps = 0;
    const step = () => ({ next: ++steps < 2 ? 'continue' : 'success', data: new Uint8Array(2) }) as const;
    return method === METHOD ? { step } : undefined;
  },
};

type Version = 4 | 5;

/** Brings a client into the middle of something. */
type Prepare = (watch: Watch, id: number, version: Version) => void;

const send = (watch: Watch, id: number, version: Version, packet: Packet) =>
  watch.receive(id, encodePacket(packet, version));

const connect: Prepare = (watch, id, version) => watch.receive(id, watch.connect(version));

const withMethod = (watch: Watch, id: number, clientId: string, more: Properties = {}) =>
  watch.receive(id, watch.connect(5, { clientId, properties: { authenticationMethod: METHOD, ...more } }));

const auth = (reasonCode: number): Packet => ({
  type: 'auth',
  reasonCode,
  properties: { authenticationMethod: METHOD },
});

const publish = (qos: 1 | 2, packetId: number): Packet => ({
  type: 'publish',
  topic: 'a',
  payload: new Uint8Array(3),
  qos,
  packetId,
  retain: false,
  dup: false,
});

/** A client with a subscription of this QoS to which a message was sent. Its packet id is 1. */
function receiving(watch: Watch, id: number, version: Version, qos: 1 | 2): void {
  connect(watch, id, version);
  send(watch, id, version, { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'to/hostile', qos }] });
  watch.engine.publish('to/hostile', 'x', { qos });
}

/** The states in which a client may send something. Those of MQTT 5 alone are left out of version 4. */
export const EXCHANGES: Record<string, { prepare: Prepare; since?: 5 }> = {
  'before CONNECT': { prepare: () => {} },
  'behind the first bytes of a CONNECT': {
    prepare: (watch, id, version) => watch.receive(id, watch.connect(version).subarray(0, 13)),
  },
  'while the rules have not answered': {
    prepare: (watch, id, version) => watch.receive(id, watch.connect(version, { clientId: 'waiting' })),
  },
  'in an enhanced authentication': { prepare: (watch, id) => withMethod(watch, id, 'hostile'), since: 5 },
  'in the middle of authenticating again': {
    prepare: (watch, id, version) => {
      withMethod(watch, id, 'hostile');
      send(watch, id, version, auth(0x18));
      send(watch, id, version, auth(0x19));
    },
    since: 5,
  },
  'after CONNECT': { prepare: connect },
  'where PUBACK is due': { prepare: (watch, id, version) => receiving(watch, id, version, 1) },
  'where PUBREC is due': { prepare: (watch, id, version) => receiving(watch, id, version, 2) },
  'where PUBCOMP is due': {
    prepare: (watch, id, version) => {
      receiving(watch, id, version, 2);
      send(watch, id, version, { type: 'pubrec', packetId: 1, reasonCode: 0 });
    },
  },
  'where PUBREL is due': {
    prepare: (watch, id, version) => {
      connect(watch, id, version);
      for (const packetId of [1, 10, 0x1234]) send(watch, id, version, publish(2, packetId));
    },
  },
  'behind the first bytes of a PUBLISH': {
    prepare: (watch, id, version) => {
      connect(watch, id, version);
      watch.receive(id, encodePacket(publish(1, 1), version).subarray(0, 4));
    },
  },
  'with a will, a lasting session and much to send': {
    prepare: (watch, id, version) => {
      watch.receive(id, watch.connect(version, { cleanStart: false, keepAlive: 5 }));
      watch.backlog.set(id, 10_000_000);
      send(watch, id, version, { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: '#', qos: 1 }] });
      for (const qos of [0, 1, 2] as const) watch.engine.publish('a/b', 'x', { qos });
    },
  },
};
