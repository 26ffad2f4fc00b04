import { describe, expect, it } from 'vitest';
import type { GenerateOptions, Packet } from '../../../host/mqtt-packet/index.js';
import { examples } from './packet-examples.js';
import { hex, ours, theirs, versions } from './peers.js';

/** The packet as hex. Objects that no declaration allows are tried too. */
const generate = (packet: object, options?: GenerateOptions) =>
  ours.generate(packet as Packet, options).toString('hex');

/** The same with mqtt-packet. */
const byThem = (packet: object, options?: GenerateOptions) => theirs.generate(packet as never, options).toString('hex');

const connect = (more: object) => ({ cmd: 'connect', clientId: 'c', ...more });
const publish = (more: object) => ({ cmd: 'publish', topic: 'a', payload: '', ...more });
const subscribe = (entry: unknown) => ({ cmd: 'subscribe', messageId: 1, subscriptions: [entry] });

describe.each(examples)('a $what of version $protocolVersion', ({ protocolVersion, packet, bytes }) => {
  it('is written as the standard requires, with and without `lenient`', () => {
    expect(generate(packet, { protocolVersion })).toBe(bytes);
    expect(generate(packet, { protocolVersion, lenient: true })).toBe(bytes);
  });
});

describe('what may be left out', () => {
  it('of a CONNECT is a clean session of 3.1.1 without keep-alive', () => {
    expect(generate({ cmd: 'connect' })).toBe('100c00044d515454040200000000');
  });

  it('of a CONNECT are user name and password: null is none', () => {
    for (const more of [{ username: null }, { username: 'u', password: null }, { username: null, password: null }]) {
      expect(generate(connect(more))).toBe(byThem(connect(more)));
    }
  });

  it('of a PUBLISH is everything but its topic', () => {
    expect(generate({ cmd: 'publish', topic: 'a' })).toBe('3003000161');
  });

  it('of a DISCONNECT of MQTT 5 is its reason code, which is 0 then', () => {
    expect(generate({ cmd: 'disconnect' }, { protocolVersion: 5 })).toBe('e0020000');
  });

  it('are the options: version 4', () => {
    expect(generate({ cmd: 'connack', returnCode: 0 })).toBe('20020000');
    expect(generate({ cmd: 'connack', returnCode: 0 }, {})).toBe('20020000');
  });

  it('are the properties: undefined, null and an empty object write none', () => {
    for (const properties of [undefined, null, {}, { reasonString: undefined }]) {
      expect(generate(publish({ properties }), { protocolVersion: 5 })).toBe('300400016100');
    }
  });

  it('are the properties of an acknowledgement, which may be null too', () => {
    for (const properties of [undefined, null]) {
      const packet = { cmd: 'puback', messageId: 1, reasonCode: 0, properties };
      expect(generate(packet, { protocolVersion: 5 })).toBe('40020001');
    }
    const packet = { cmd: 'puback', messageId: 1, reasonCode: 0, properties: {} };
    expect(generate(packet, { protocolVersion: 5 })).toBe(byThem(packet, { protocolVersion: 5 }));
  });
});

describe('strings and bytes', () => {
  it('are interchangeable where mqtt-packet accepts both', () => {
    expect(generate({ cmd: 'publish', topic: Buffer.from('a'), payload: 'hi' })).toBe('30050001616869');
    const credentials = { username: Buffer.from('u'), password: 'p' };
    expect(generate(connect({ ...credentials, clientId: Buffer.from('c') }))).toBe(
      generate(connect({ username: 'u', password: Buffer.from('p') })),
    );
    const data = publish({ properties: { correlationData: 'x' } });
    expect(generate(data, { protocolVersion: 5 })).toBe('30080001610409000178');
  });

  it('are measured in bytes of UTF-8 (1.5.4)', () => {
    expect(generate({ cmd: 'publish', topic: 'é', payload: '€' })).toBe('30070002c3a9e282ac');
  });

  it('may be large as a payload', () => {
    const payload = Buffer.alloc(300_000, 'x');
    const bytes = ours.generate(publish({ payload }) as unknown as Packet);
    expect(bytes.subarray(0, 7).toString('hex')).toBe('30e3a712000161');
    expect(bytes.subarray(7).equals(payload)).toBe(true);
  });
});

describe('properties', () => {
  it('are written in the order of the object', () => {
    const written = (properties: object) => generate(publish({ properties }), { protocolVersion: 5 });
    expect(written({ topicAlias: 1, payloadFormatIndicator: true })).toBe('3009000161052300010101');
    expect(written({ payloadFormatIndicator: true, topicAlias: 1 })).toBe('3009000161050101230001');
  });

  it('of a user have their values written as text', () => {
    const properties = { userProperties: { n: 7, b: [true, 'x'] } };
    expect(generate(publish({ properties }), { protocolVersion: 5 })).toBe(
      '301c000161182600016e0001372600016200047472756526000162000178',
    );
  });

  it('are ignored below MQTT 5', () => {
    expect(generate(publish({ properties: { topicAlias: 1 } }))).toBe('3003000161');
  });

  it('are ignored below MQTT 5, and so are the options of a subscription, whatever they are', () => {
    for (const options of [
      { nl: true, rap: true, rh: 2 },
      { nl: 1, rap: 'yes', rh: 7 },
    ]) {
      const packet = subscribe({ topic: 'a', qos: 1, ...options });
      expect(generate(packet)).toBe(byThem(packet));
    }
  });
});

describe('half of a surrogate pair, which has no UTF-8,', () => {
  const packet = publish({ topic: 'a\ud83d' });

  it('is refused (MQTT-1.5.3-1), and becomes U+FFFD when lenient, as in mqtt-packet', () => {
    expect(() => generate(packet)).toThrow('a string is not well-formed UTF-8');
    expect(generate(packet, { lenient: true })).toBe('3006000461' + 'efbfbd');
    expect(generate(publish({ topic: 'a\ud83d'.repeat(30) }), { lenient: true })).toBe(
      `307a0078${'61efbfbd'.repeat(30)}`,
    );
  });

  it('becomes U+FFFD in a payload, which may be anything', () => {
    expect(generate(publish({ payload: 'a\ud83d' }))).toBe('3007000161' + '61efbfbd');
  });
});

describe('an acknowledgement', () => {
  const large = { reasonString: 'r'.repeat(200), userProperties: { a: 'b' } };
  const limit = (maximumPacketSize: number) => ({ protocolVersion: 5, properties: { maximumPacketSize } });

  it('leaves out its reason string, then its user properties, when it is too large for its receiver (MQTT-3.4.2-2, -3)', () => {
    const packet = { cmd: 'pubrec', messageId: 1, reasonCode: 0x80, properties: large };
    expect(generate(packet, limit(13))).toBe('500b0001800726000161000162');
    expect(generate(packet, limit(12))).toBe('500400018000');
    expect(generate(packet, limit(6))).toBe('500400018000');
    expect(packet.properties).toEqual(large);
  });

  it.each(['suback', 'unsuback', 'disconnect', 'auth'])('may be a %s as well', (cmd) => {
    const packet = { cmd, messageId: 1, reasonCode: 0, granted: [0], properties: { ...large } };
    if (cmd === 'auth') Object.assign(packet.properties, { authenticationMethod: 'm' });
    const whole = generate(packet, { protocolVersion: 5 });
    const cut = generate(packet, limit(whole.length / 2 - 1));
    // The reason string is 203 bytes; Remaining Length and Property Length are a byte shorter without it.
    expect(whole.length - cut.length).toBe(2 * (203 + 2));
  });

  it('that is too large even so is not written, and generate returns no bytes', () => {
    expect(generate({ cmd: 'puback', messageId: 1, reasonCode: 0x80, properties: large }, limit(5))).toBe('');
  });
});

describe('a packet that cannot be written', () => {
  it.each([
    [4, { cmd: 'nothing' }, 'Unknown command'],
    [4, { cmd: 'toString' }, 'Unknown command'],
    [4, connect({ protocolId: 7 }), 'Invalid protocolId'],
    [4, connect({ protocolVersion: 6 }), 'Invalid protocol version'],
    [4, connect({ keepalive: 65_536 }), 'Invalid keepalive'],
    [4, connect({ keepalive: 'one' }), 'Invalid keepalive'],
    [4, connect({ clientId: '', clean: false }), 'clientId must be given if cleanSession set to 0'],
    [4, connect({ clientId: '', protocolId: 'MQIsdp', protocolVersion: 3 }), 'clientId must be supplied before 3.1.1'],
    [4, connect({ will: 42 }), 'Invalid will'],
    [4, connect({ will: { topic: '', payload: 'x' } }), 'Invalid will topic'],
    [4, connect({ will: { topic: Buffer.from('w'), payload: 'x' } }), 'Invalid will topic'],
    [4, connect({ will: { topic: 'a', payload: 42 } }), 'Invalid will payload'],
    [4, connect({ username: 42 }), 'Invalid username'],
    [4, connect({ username: 'u', password: 42 }), 'Invalid password'],
    [4, connect({ password: 'p' }), 'Username is required to use password'],
    [4, { cmd: 'connack' }, 'Invalid return code'],
    [5, { cmd: 'connack', returnCode: 0 }, 'Invalid return code'],
    [4, { cmd: 'publish' }, 'Invalid topic'],
    [4, publish({ qos: 1 }), 'Invalid messageId'],
    [4, { cmd: 'pubcomp' }, 'Invalid messageId'],
    [4, { cmd: 'subscribe', messageId: 1 }, 'Invalid subscriptions'],
    [4, { cmd: 'subscribe', messageId: 1, subscriptions: [] }, 'Invalid subscriptions'],
    [4, subscribe({ topic: 7, qos: 0 }), 'Invalid subscriptions - invalid topic'],
    [4, subscribe({ topic: 'a' }), 'Invalid subscriptions - invalid qos'],
    [5, subscribe({ topic: 'a', qos: 0, nl: 1 }), 'Invalid subscriptions - invalid No Local'],
    [5, subscribe({ topic: 'a', qos: 0, rap: 1 }), 'Invalid subscriptions - invalid Retain as Published'],
    [5, subscribe({ topic: 'a', qos: 0, rh: 3 }), 'Invalid subscriptions - invalid Retain Handling'],
    [4, { cmd: 'suback', messageId: 1, granted: [] }, 'Invalid qos vector'],
    [5, { cmd: 'unsuback', messageId: 1, granted: ['0'] }, 'Invalid qos vector'],
    [4, { cmd: 'suback', messageId: 1, granted: new Array(1) }, 'Invalid qos vector'],
    [4, { cmd: 'unsubscribe', messageId: 1 }, 'Invalid unsubscriptions'],
    [4, { cmd: 'unsubscribe', messageId: 1, unsubscriptions: [] }, 'Invalid unsubscriptions'],
    [4, { cmd: 'unsubscribe', messageId: 1, unsubscriptions: [7] }, 'Invalid unsubscriptions'],
    [4, { cmd: 'auth', reasonCode: 0 }, 'Invalid mqtt version for auth packet'],
    [5, publish({ properties: { payloadFormatIndicator: 1 } }), 'Invalid payloadFormatIndicator: 1'],
    [5, publish({ properties: { topicAlias: 65_536 } }), 'Invalid topicAlias: 65536'],
    [5, publish({ properties: { contentType: 7 } }), 'Invalid contentType: 7'],
    [5, publish({ properties: { contentType: Buffer.from('text') } }), 'Invalid contentType: text'],
    [5, publish({ properties: { subscriptionIdentifier: 0x10000000 } }), 'Invalid subscriptionIdentifier: 268435456'],
    [5, publish({ properties: { userProperties: 'a=b' } }), 'Invalid userProperties: a=b'],
    [5, publish({ properties: { colour: 'red' } }), 'Invalid property colour: red'],
  ])('in version %i, %o, is refused in the words of mqtt-packet', (protocolVersion, packet, message) => {
    const refusal = expect.objectContaining({ message });
    expect(() => byThem(packet, { protocolVersion })).toThrow(refusal);
    for (const lenient of [false, true]) expect(() => generate(packet, { protocolVersion, lenient })).toThrow(refusal);
  });

  it.each([
    [4, connect({ will: { topic: 'a', payload: '', qos: 4 } }), 'Invalid will qos'],
    [4, publish({ qos: 3, messageId: 1 }), 'Invalid qos'],
    [5, publish({ properties: { userProperties: null } }), 'Invalid userProperties: null'],
    [5, publish({ properties: { userProperties: { a: null } } }), 'Invalid userProperties: a has no value'],
    [5, publish({ properties: { userProperties: { a: undefined } } }), 'Invalid userProperties: a has no value'],
    [5, publish({ properties: { userProperties: { a: ['1', null] } } }), 'Invalid userProperties: a has no value'],
    [
      5,
      publish({ properties: { userProperties: { a: Object.create(null) } } }),
      'Invalid userProperties: a has no text',
    ],
  ])(
    'in version %i, %o, is refused in our words, as mqtt-packet has none for it',
    (protocolVersion, packet, message) => {
      for (const lenient of [false, true]) {
        const refusal = expect.objectContaining({ name: 'PacketError', message });
        expect(() => generate(packet, { protocolVersion, lenient })).toThrow(refusal);
      }
    },
  );

  it('because it is longer than the protocol allows is refused before its payload is copied (1.5.5)', () => {
    const payload = new Uint8Array(new ArrayBuffer(268_435_455)); // never touched, so it takes no memory
    expect(() => generate(publish({ payload }))).toThrow('Invalid variable byte integer: 268435458');
    // With the largest length there is, the fields before the payload make the packet too long.
    const largest = publish({ topic: '+', payload: payload.subarray(3) });
    expect(() => generate(largest)).toThrow(expect.objectContaining({ codeName: 'TOPIC_WILDCARD' }));
  });

  it('leaves no trace in the next one, even when the next one is written in the middle of it', () => {
    const text = {
      toString: () => {
        expect(generate(publish({ topic: 'inner' }))).toBe('30070005696e6e6572');
        return 'v';
      },
    };
    const properties = { userProperties: { k: text } };
    expect(generate(publish({ properties }), { protocolVersion: 5 })).toBe('300b000161072600016b000176');
    expect(() => generate(publish({ topic: 7 }))).toThrow('Invalid topic');
    expect(generate(publish({}))).toBe('3003000161');
  });

  it('is refused with a short payload and with a long one, as text and as bytes', () => {
    for (const length of [0, 1, 1024, 1025, 100_000]) {
      for (const payload of ['x'.repeat(length), Buffer.alloc(length)]) {
        expect(() => generate(publish({ topic: 'a/+', payload }))).toThrow(/wildcard/);
        expect(() => generate(publish({ topic: 'a', payload, dup: true }))).toThrow(/DUP/);
      }
    }
  });

  it('names the rule that it breaks', () => {
    const error = { name: 'PacketError', codeName: 'TOPIC_WILDCARD', statement: 'MQTT-3.3.2-2', byteOffset: -1 };
    expect(() => generate(publish({ topic: 'a/+' }))).toThrow(expect.objectContaining(error));
    expect(() => generate(publish({ topic: 'a/+' }))).toThrow(/^cannot encode publish: /);
  });

  it('names in the cause the version it was written in, and has no packets before it', () => {
    for (const [given, version] of versions) {
      const cause = expect.objectContaining({ protocolVersion: version, packets: [] });
      const refused = () => generate(publish({ topic: 'a/+' }), { protocolVersion: given });
      expect(refused).toThrow(expect.objectContaining({ cause }));
    }
  });
});

it('the bytes of generate belong to the caller', () => {
  const first = ours.generate({ cmd: 'puback', messageId: 1 });
  const copy = Buffer.from(first);
  ours.generate({ cmd: 'puback', messageId: 2 }).fill(0xff);
  expect(first).toEqual(copy);
  expect(first).toEqual(hex('40020001'));
});
