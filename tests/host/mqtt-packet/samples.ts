import type { Packet, PacketCmd } from '../../../host/mqtt-packet/index.js';
import type { Random } from './random.js';

/** Random packet objects that the standard allows and that mqtt-packet writes and reads unchanged. */

const LETTERS = ['a', 'Z', '0', '-', ' ', 'é', '€', '😀', '/'];

const cmds: Record<number, PacketCmd[]> = {
  4: ['connect', 'connack', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', 'suback', 'unsubscribe'],
  5: ['connect', 'connack', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', 'suback', 'unsubscribe'],
};
for (const version of [4, 5]) cmds[version].push('unsuback', 'pingreq', 'pingresp', 'disconnect');
cmds[5].push('auth');

const acknowledged = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const completed = [0x00, 0x92];
const granted: Record<number, number[]> = {
  4: [0, 1, 2, 0x80],
  5: [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e],
};

export class Samples {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  packet(version: 4 | 5, cmd: PacketCmd = this.#random.pick(cmds[version])): Packet {
    const packet = { cmd, ...this.#fields(cmd, version) };
    return packet as unknown as Packet;
  }

  #text(minimum = 0): string {
    return this.#random.list(minimum, 12, () => this.#random.pick(LETTERS)).join('');
  }

  /** A Topic Name that does not begin with `$`. */
  #topic = () => `t${this.#text()}`;

  #filter = () => this.#random.pick(['#', '+', 'a/+/b', '+/b/#', this.#topic(), `${this.#topic()}/#`]);

  #id = () => this.#random.integer(1, 0xffff);

  #flag = () => this.#random.chance(50);

  #fields(cmd: PacketCmd, version: 4 | 5): object {
    const random = this.#random;
    const messageId = this.#id();
    const withProperties = (names: string[]) => (version === 5 ? this.#properties(names) : {});
    const reasons = ['reasonString', 'userProperties'];
    switch (cmd) {
      case 'connect':
        return this.#connect(version);
      case 'connack':
        return this.#connack(version);
      case 'publish': {
        const qos = random.integer(0, 2);
        return {
          topic: this.#topic(),
          payload: random.bytes(random.pick([0, 8, 300])),
          qos,
          retain: this.#flag(),
          dup: qos > 0 && this.#flag(),
          ...(qos > 0 ? { messageId } : {}),
          ...withProperties([...message, 'topicAlias', 'subscriptionIdentifier']),
        };
      }
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp': {
        const reasonCode = random.pick(cmd === 'puback' || cmd === 'pubrec' ? acknowledged : completed);
        return version === 5 ? { messageId, reasonCode, ...withProperties(reasons) } : { messageId };
      }
      case 'subscribe':
        return {
          messageId,
          subscriptions: random.list(1, 4, () => this.#subscription(version)),
          ...withProperties(['subscriptionIdentifier', 'userProperties']),
        };
      case 'unsubscribe':
        return { messageId, unsubscriptions: random.list(1, 4, this.#filter), ...withProperties(['userProperties']) };
      case 'suback':
        return {
          messageId,
          granted: random.list(1, 4, () => random.pick(granted[version])),
          ...withProperties(reasons),
        };
      case 'unsuback': {
        if (version < 5) return { messageId };
        const codes = [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91];
        return { messageId, granted: random.list(1, 4, () => random.pick(codes)), ...withProperties(reasons) };
      }
      case 'disconnect':
        return version === 5
          ? {
              reasonCode: random.pick([0x00, 0x04, 0x81, 0x8d, 0x98, 0x9d, 0xa2]),
              ...withProperties([...reasons, 'sessionExpiryInterval', 'serverReference']),
            }
          : {};
      case 'auth':
        return { reasonCode: random.pick([0x00, 0x18, 0x19]), ...this.#withMethod(withProperties(reasons), true) };
      default:
        return {};
    }
  }

  #connect(version: 4 | 5): object {
    const clean = this.#flag();
    const hasUsername = this.#flag();
    const properties = version === 5 ? this.#withMethod(this.#properties(connect), this.#flag()) : {};
    const will = {
      topic: this.#topic(),
      payload: this.#random.bytes(20),
      qos: this.#random.integer(0, 2),
      retain: this.#flag(),
      ...(version === 5 ? this.#properties([...message, 'willDelayInterval']) : {}),
    };
    return {
      protocolId: 'MQTT',
      protocolVersion: version,
      clean,
      keepalive: this.#random.integer(0, 0xffff),
      clientId: clean ? this.#text() : this.#text(1),
      ...(this.#flag() ? { will } : {}),
      ...(hasUsername ? { username: this.#text() } : {}),
      ...(hasUsername && this.#flag() ? { password: this.#random.bytes(12) } : {}),
      ...properties,
    };
  }

  #connack(version: 4 | 5): object {
    if (version === 4) {
      const returnCode = this.#random.integer(0, 5);
      return { sessionPresent: returnCode === 0 && this.#flag(), returnCode };
    }
    const reasonCode = this.#random.pick([0x00, 0x00, 0x80, 0x84, 0x87, 0x9f]);
    return {
      sessionPresent: reasonCode === 0 && this.#flag(),
      reasonCode,
      ...this.#withMethod(this.#properties(connack), this.#flag()),
    };
  }

  #subscription(version: 4 | 5): object {
    const entry = { topic: this.#filter(), qos: this.#random.integer(0, 2) };
    return version === 4 ? entry : { ...entry, nl: this.#flag(), rap: this.#flag(), rh: this.#random.integer(0, 2) };
  }

  /** Some of these properties in any order; no member when there are none. */
  #properties(names: string[]): { properties?: object } {
    const some = this.#random.shuffled(names).filter(() => this.#random.chance(30));
    return some.length > 0 ? { properties: Object.fromEntries(some.map((name) => [name, this.#value(name)])) } : {};
  }

  /** Authentication Data only with a method. */
  #withMethod(given: { properties?: object }, wanted: boolean): { properties?: object } {
    if (!wanted) return given;
    const authentication = { authenticationMethod: this.#text(1), authenticationData: this.#random.bytes(8) };
    return { properties: { ...given.properties, ...authentication } };
  }

  #value(name: string): unknown {
    const random = this.#random;
    switch (name) {
      case 'userProperties': {
        const names = ['a', 'b', 'é', '__proto__x', 'toString'];
        const value = () => (random.chance(25) ? random.list(2, 3, () => this.#text(1)) : this.#text(1));
        return Object.fromEntries(random.list(1, 3, () => [random.pick(names), value()]));
      }
      case 'subscriptionIdentifier':
        return random.integer(1, 0xfffffff);
      case 'correlationData':
        return random.bytes(10);
      case 'maximumQoS':
        return random.integer(0, 1);
      case 'serverKeepAlive':
      case 'topicAliasMaximum':
        return random.integer(0, 0xffff);
      case 'receiveMaximum':
      case 'topicAlias':
        return random.integer(1, 0xffff);
      case 'maximumPacketSize':
      case 'sessionExpiryInterval':
      case 'messageExpiryInterval':
      case 'willDelayInterval':
        return random.pick([1, 60, 0x10000, 0xffffffff]);
      case 'responseTopic':
        return this.#topic();
      case 'contentType':
      case 'reasonString':
      case 'assignedClientIdentifier':
      case 'responseInformation':
      case 'serverReference':
        return this.#text();
      default:
        return this.#flag();
    }
  }
}

const message = [
  'payloadFormatIndicator',
  'messageExpiryInterval',
  'contentType',
  'responseTopic',
  'correlationData',
  'userProperties',
];
const session = ['sessionExpiryInterval', 'receiveMaximum', 'maximumPacketSize', 'topicAliasMaximum', 'userProperties'];
const connect = [...session, 'requestResponseInformation', 'requestProblemInformation'];
const connack = [
  ...session,
  'maximumQoS',
  'retainAvailable',
  'assignedClientIdentifier',
  'reasonString',
  'wildcardSubscriptionAvailable',
  'subscriptionIdentifiersAvailable',
  'sharedSubscriptionAvailable',
  'serverKeepAlive',
  'responseInformation',
  'serverReference',
];
