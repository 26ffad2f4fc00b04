import type { Packet, Properties, ProtocolVersion, QoS } from '../../../host/core/index.js';

/** Pseudo-random valid packets of a version: the same seed gives the same packets. */
export class PacketGenerator {
  #state: number;
  readonly #version: ProtocolVersion;

  constructor(seed: number, version: 4 | 5) {
    this.#state = seed >>> 0;
    this.#version = version;
  }

  /** 0 to `below` - 1 (mulberry32). */
  integer(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(list.length)];
  }

  flag(): boolean {
    return this.integer(2) === 1;
  }

  bytes(longest = 40): Buffer {
    const length = this.integer(10) === 0 ? this.integer(300) : this.integer(longest);
    return Buffer.from(Array.from({ length }, () => this.integer(256)));
  }

  text(longest = 12): string {
    const letters = [
      'a',
      'b',
      'Z',
      '0',
      ' ',
      '-',
      '_',
      '.',
      '{',
      '~',
      '\u0001',
      'é',
      '߿',
      '€',
      '\ufffd',
      '😀',
      '\u{10ffff}',
    ];
    return Array.from({ length: this.integer(longest) }, () => this.pick(letters)).join('');
  }

  topic(): string {
    const levels = Array.from({ length: 1 + this.integer(4) }, () => this.text(6));
    const topic = (this.integer(10) === 0 ? '$' : '') + levels.join('/');
    return topic || '/';
  }

  filter(): string {
    const levels = Array.from({ length: 1 + this.integer(4) }, () => (this.integer(3) === 0 ? '+' : this.text(5)));
    if (this.integer(3) === 0) levels.push('#');
    const filter = levels.join('/') || '#';
    return this.#version === 5 && this.integer(8) === 0 ? `$share/${this.text()}g/${filter}` : filter;
  }

  packetId(): number {
    return this.pick([1, 255, 256, 65_535, 1 + this.integer(65_535)]);
  }

  qos(): QoS {
    return this.integer(3) as QoS;
  }

  #u16(): number {
    return this.pick([1, 255, 256, 65_535]);
  }

  #u32(): number {
    return this.pick([1, 65_536, 0x7fffffff, 0x80000000, 0xffffffff]);
  }

  /** About half of the properties that are named, each with a value of its type. */
  properties(names: readonly (keyof Properties)[]): Properties {
    const values: { [Name in keyof Properties]-?: () => Properties[Name] } = {
      payloadFormatIndicator: () => this.integer(2),
      messageExpiryInterval: () => this.#u32(),
      contentType: () => this.text(),
      responseTopic: () => this.topic(),
      correlationData: () => this.bytes(),
      subscriptionIdentifier: () => [this.pick([1, 127, 128, 16_384, 268_435_455])],
      sessionExpiryInterval: () => this.#u32(),
      assignedClientIdentifier: () => this.text(),
      serverKeepAlive: () => this.#u16(),
      authenticationMethod: () => this.text(),
      authenticationData: () => this.bytes(),
      requestProblemInformation: () => this.integer(2),
      willDelayInterval: () => this.#u32(),
      requestResponseInformation: () => this.integer(2),
      responseInformation: () => this.text(),
      serverReference: () => this.text(),
      reasonString: () => this.text(),
      receiveMaximum: () => this.#u16(),
      topicAliasMaximum: () => this.#u16(),
      topicAlias: () => this.#u16(),
      maximumQoS: () => this.integer(2),
      retainAvailable: () => this.integer(2),
      userProperty: () => Array.from({ length: 1 + this.integer(3) }, (_, at) => [`name${at}`, this.text()]),
      maximumPacketSize: () => this.#u32(),
      wildcardSubscriptionAvailable: () => this.integer(2),
      subscriptionIdentifierAvailable: () => this.integer(2),
      sharedSubscriptionAvailable: () => this.integer(2),
    };
    const chosen = names.filter(() => this.flag());
    const entries = chosen.map((name) => [name, values[name]()]);
    const properties: Properties = Object.fromEntries(entries);
    if (properties.authenticationData && properties.authenticationMethod === undefined) {
      properties.authenticationMethod = 'm';
    }
    return properties;
  }

  #with(names: (keyof Properties)[]): { properties?: Properties } {
    return this.#version === 5 ? { properties: this.properties(names) } : {};
  }

  next(): Packet {
    const types: Packet['type'][] = [
      'connect',
      'connack',
      'publish',
      'publish',
      'publish',
      'puback',
      'pubrec',
      'pubrel',
      'pubcomp',
      'subscribe',
      'suback',
      'unsubscribe',
      'unsuback',
      'pingreq',
      'pingresp',
      'disconnect',
    ];
    if (this.#version === 5) types.push('auth');
    return this.#packet(this.pick(types));
  }

  #packet(type: Packet['type']): Packet {
    const v5 = this.#version === 5;
    switch (type) {
      case 'connect':
        return this.#connect();
      case 'publish':
        return this.#publish();
      case 'connack': {
        const reasonCode = v5 ? this.pick([0, 0x80, 0x87, 0x95, 0x9f]) : this.integer(6);
        const names = [
          'sessionExpiryInterval',
          'assignedClientIdentifier',
          'serverKeepAlive',
          'authenticationMethod',
          'authenticationData',
          'responseInformation',
          'serverReference',
          'reasonString',
          'receiveMaximum',
          'topicAliasMaximum',
          'maximumQoS',
          'retainAvailable',
          'userProperty',
          'maximumPacketSize',
          'wildcardSubscriptionAvailable',
          'subscriptionIdentifierAvailable',
          'sharedSubscriptionAvailable',
        ] as const;
        return { type, sessionPresent: reasonCode === 0 && this.flag(), reasonCode, ...this.#with([...names]) };
      }
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp': {
        const failures = type === 'puback' || type === 'pubrec' ? [0x10, 0x80, 0x99] : [0x92];
        const reasonCode = v5 ? this.pick([0, ...failures]) : 0;
        return { type, packetId: this.packetId(), reasonCode, ...this.#with(['reasonString', 'userProperty']) };
      }
      case 'subscribe':
        return this.#subscribe();
      case 'unsubscribe': {
        const topicFilters = Array.from({ length: 1 + this.integer(3) }, () => this.filter());
        return { type, packetId: this.packetId(), topicFilters, ...this.#with(['userProperty']) };
      }
      case 'suback':
      case 'unsuback': {
        const codes = type === 'unsuback' ? [0, 0x11, 0x87] : v5 ? [0, 1, 2, 0x80, 0x87, 0xa2] : [0, 1, 2, 0x80];
        const count = type === 'unsuback' && !v5 ? 0 : 1 + this.integer(4);
        const reasonCodes = Array.from({ length: count }, () => this.pick(codes));
        return { type, packetId: this.packetId(), reasonCodes, ...this.#with(['reasonString', 'userProperty']) };
      }
      case 'pingreq':
      case 'pingresp':
        return { type };
      case 'disconnect': {
        const reasonCode = v5 ? this.pick([0, 4, 0x81, 0x8e, 0xa2]) : 0;
        const names = ['sessionExpiryInterval', 'serverReference', 'reasonString', 'userProperty'] as const;
        return { type, reasonCode, ...this.#with([...names]) };
      }
      case 'auth': {
        const properties = this.properties(['authenticationData', 'reasonString', 'userProperty']);
        return { type, reasonCode: this.pick([0x18, 0x19]), properties: { ...properties, authenticationMethod: 'm' } };
      }
    }
  }

  #connect(): Packet {
    const v5 = this.#version === 5;
    const clientId = this.text();
    const userName = this.flag() ? this.text() : undefined;
    const password = (v5 || userName !== undefined) && this.flag() ? this.bytes() : undefined;
    const names = [
      'sessionExpiryInterval',
      'authenticationMethod',
      'authenticationData',
      'requestProblemInformation',
      'requestResponseInformation',
      'receiveMaximum',
      'topicAliasMaximum',
      'userProperty',
      'maximumPacketSize',
    ] as const;
    const willNames = [
      'payloadFormatIndicator',
      'messageExpiryInterval',
      'contentType',
      'responseTopic',
      'correlationData',
      'willDelayInterval',
      'userProperty',
    ] as const;
    const will = {
      topic: this.topic(),
      payload: this.bytes(),
      qos: this.qos(),
      retain: this.flag(),
      ...this.#with([...willNames]),
    };
    return {
      type: 'connect',
      protocolVersion: this.#version,
      cleanStart: clientId === '' || this.flag(),
      keepAlive: this.integer(65_536),
      clientId,
      ...(this.flag() ? { will } : {}),
      ...(userName === undefined ? {} : { userName }),
      ...(password === undefined ? {} : { password }),
      ...this.#with([...names]),
    };
  }

  #publish(): Packet {
    const qos = this.qos();
    const names = [
      'payloadFormatIndicator',
      'messageExpiryInterval',
      'contentType',
      'responseTopic',
      'correlationData',
      'subscriptionIdentifier',
      'topicAlias',
      'userProperty',
    ] as const;
    const packet: Packet = {
      type: 'publish',
      topic: this.topic(),
      payload: this.bytes(200),
      qos,
      retain: this.flag(),
      dup: qos > 0 && this.flag(),
      ...(qos > 0 ? { packetId: this.packetId() } : {}),
      ...this.#with([...names]),
    };
    if (packet.properties?.topicAlias && this.integer(3) === 0) packet.topic = '';
    return packet;
  }

  #subscribe(): Packet {
    const subscriptions = Array.from({ length: 1 + this.integer(3) }, () => {
      const topicFilter = this.filter();
      const basic = { topicFilter, qos: this.qos() };
      if (this.#version < 5) return basic;
      const noLocal = !topicFilter.startsWith('$share/') && this.flag();
      return { ...basic, noLocal, retainAsPublished: this.flag(), retainHandling: this.integer(3) as 0 | 1 | 2 };
    });
    const properties = this.#with(['subscriptionIdentifier', 'userProperty']);
    return { type: 'subscribe', packetId: this.packetId(), subscriptions, ...properties };
  }
}
