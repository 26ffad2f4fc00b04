import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Result, results } from '../../../build/abi/core.js';
import { packetTypeNames } from '../../../host/core/decode/packet-type-names.js';
import type { ProtocolVersion } from '../../../host/core/index.js';
import { sourceOf } from '../../../host/core/mqtt-error.js';
import type { GenerateOptions, Packet, PacketError } from '../../../host/mqtt-packet/index.js';
import { bytesOf, malformed, title } from '../core/support/mqtt-vectors.js';
import { hex, oneByOne, ours, parseAll, theirs } from './peers.js';

/** An entry of host/mqtt-packet/divergences.json; see the README there. */
interface Divergence {
  id: string;
  kind: 'stricter' | 'taken' | 'mended';
  statement: string;
  reason: string;
  codeName?: string;
  parse?: { protocolVersion: number; what: string; bytes: string }[];
  generate?: { protocolVersion: number; packet: Packet }[];
}

const file = new URL('../../../host/mqtt-packet/divergences.json', import.meta.url);
const divergences: Divergence[] = JSON.parse(readFileSync(file, 'utf8')).divergences;
const stricter = divergences.filter(({ kind }) => kind === 'stricter');

/** The result of `generate` as hex, or the error that it threw. */
function generated(codec: { generate: typeof ours.generate }, packet: unknown, options?: GenerateOptions) {
  try {
    return codec.generate(structuredClone(packet) as Packet, options).toString('hex');
  } catch (error) {
    return error as PacketError;
  }
}
const byThem = (packet: unknown, options?: GenerateOptions) => generated(theirs as never, packet, options);
const byUs = (packet: unknown, options?: GenerateOptions) => generated(ours, packet, options);

/** The rule that an example breaks, as a statement of its own version. */
const ruleOf = (codeName: string | undefined, packetType: string, version: number) =>
  sourceOf(Result[codeName as keyof typeof Result], packetType, version as ProtocolVersion);

/** The packets and error messages of a stream. */
function parsed(codec: typeof ours | typeof theirs, protocolVersion: number, ...chunks: Buffer[]) {
  const { packets, errors } = parseAll(codec as typeof ours, { protocolVersion }, ...chunks);
  return { packets: packets as unknown as Record<string, unknown>[], messages: errors.map(({ message }) => message) };
}

describe.each(stricter)('$id: $statement', ({ codeName, parse = [], generate = [] }) => {
  it.each(parse)(
    '$what (version $protocolVersion) is taken by mqtt-packet, and by us with `lenient` only',
    (example) => {
      const { protocolVersion } = example;
      const bytes = hex(example.bytes);
      const expected = parseAll(theirs, { protocolVersion }, bytes);
      expect(expected).toMatchObject({ packets: [{}], errors: [] });
      expect(parseAll(ours, { protocolVersion, lenient: true }, bytes)).toEqual(expected);
      const version = bytes[0] >> 4 === 1 ? bytes[8] : protocolVersion;
      const statement = ruleOf(codeName, packetTypeNames[bytes[0] >> 4], version);
      for (const chunks of [[bytes], oneByOne(bytes)]) {
        const { packets, errors } = parseAll(ours, { protocolVersion }, ...chunks);
        expect(packets).toEqual([]);
        expect(errors).toHaveLength(1);
        expect(errors[0]).toMatchObject({ name: 'PacketError', codeName, statement });
        expect(errors[0].byteOffset).toBeGreaterThanOrEqual(0);
      }
    },
  );

  it.each(generate)(
    '$packet (version $protocolVersion) is written by mqtt-packet, and by us with `lenient` only',
    (e) => {
      const options = { protocolVersion: e.protocolVersion };
      const expected = byThem(e.packet, options);
      expect(expected).toEqual(expect.any(String));
      expect(byUs(e.packet, { ...options, lenient: true })).toBe(expected);
      const statement = ruleOf(codeName, e.packet.cmd, e.protocolVersion);
      expect(byUs(e.packet, options)).toMatchObject({ name: 'PacketError', codeName, statement, byteOffset: -1 });
    },
  );
});

/** One proof for each entry that is not `stricter`. */
const proofs: Record<string, () => void> = {
  'disconnect-8c': () => {
    expect(parsed(theirs, 5, hex('e0018c')).messages).toEqual(['Invalid disconnect reason code']);
    expect(parsed(ours, 5, hex('e0018c')).packets).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x8c }]);
  },
  'auth-shortest': () => {
    expect(parsed(theirs, 5, hex('f000')).messages).toEqual(['Invalid auth reason code']);
    expect(parsed(ours, 5, hex('f000')).packets).toMatchObject([{ cmd: 'auth', reasonCode: 0 }]);
  },
  'password-alone-5': () => {
    const packet = { cmd: 'connect', protocolVersion: 5, clientId: 'c', password: 'token' };
    expect(byThem(packet)).toMatchObject({ message: 'Username is required to use password' });
    expect(parsed(ours, 5, hex(byUs(packet) as string)).packets).toMatchObject([{ password: Buffer.from('token') }]);
    expect(byUs({ ...packet, protocolVersion: 4 })).toMatchObject({ message: 'Username is required to use password' });
  },
  'client-id-empty-5': () => {
    const packet = { cmd: 'connect', protocolVersion: 5, clientId: '', clean: false };
    const message = 'clientId must be given if cleanSession set to 0';
    expect(byThem(packet)).toMatchObject({ message });
    expect(parsed(ours, 5, hex(byUs(packet) as string)).packets).toMatchObject([{ clientId: '', clean: false }]);
    expect(byUs({ ...packet, protocolVersion: 4 })).toMatchObject({ message });
  },
  'next-packet': () => {
    const stream = hex('e000 c000');
    expect(parsed(theirs, 5, stream).messages).toEqual(['Invalid disconnect reason code']);
    const both = [{ cmd: 'disconnect', reasonCode: 0 }, { cmd: 'pingreq' }];
    expect(parsed(ours, 5, stream).packets).toMatchObject(both);
    expect(parseAll(ours, { protocolVersion: 5, lenient: true }, stream).packets).toMatchObject(both);
  },
  'user-property-empty': () => {
    const bytes = hex('3011 0001 61 0d 26 0001 61 0000 26 0001 61 0001 62');
    expect(parsed(theirs, 5, bytes).packets).toMatchObject([{ properties: { userProperties: { a: 'b' } } }]);
    expect(parsed(ours, 5, bytes).packets).toMatchObject([{ properties: { userProperties: { a: ['', 'b'] } } }]);
  },
  'user-properties-none': () => {
    const packet = { cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm', userProperties: {} } };
    expect(byThem(packet, { protocolVersion: 5 })).toBe('');
    expect(byUs(packet, { protocolVersion: 5 })).toBe('f00618041500016d');
  },
  'half-packet-id': () => {
    expect(parsed(theirs, 5, hex('b00101')).packets).toMatchObject([{ messageId: -1 }]);
    expect(parsed(ours, 5, hex('b00101')).packets).toEqual([]);
    expect(parseAll(ours, { protocolVersion: 5, lenient: true }, hex('b00101')).packets).toEqual([]);
  },
  'one-error': () => {
    const bytes = hex('100f 00044d515454 05 00 0000 02 0401 0001');
    expect(parsed(theirs, 4, bytes).messages.length).toBeGreaterThan(1);
    expect(parsed(ours, 4, bytes).messages).toHaveLength(1);
    expect(parseAll(ours, { protocolVersion: 4, lenient: true }, bytes).errors).toHaveLength(1);
  },
  early: () => {
    expect(parsed(theirs, 4, hex('00')).messages).toEqual([]);
    expect(parsed(theirs, 4, hex('0000')).messages).toEqual(['Not supported']);
    expect(parsed(ours, 4, hex('00')).messages).toEqual(['Not supported']);
  },
  'string-too-long': () => {
    const packet = { cmd: 'publish', topic: 'a'.repeat(65_536), payload: 'x' };
    expect(byThem(packet)).toBe('30838004');
    for (const lenient of [false, true])
      expect(byUs(packet, { lenient })).toMatchObject({ codeName: 'STRING_TOO_LONG' });
    expect(byUs({ ...packet, topic: 'a'.repeat(65_535) })).toMatch(/^30828004ffff6161/);
  },
  'packet-id-range': () => {
    for (const messageId of [65_536, 1.5, -1, Number.NaN]) {
      expect(byThem({ cmd: 'puback', messageId })).toBe('4002');
      for (const lenient of [false, true]) {
        expect(byUs({ cmd: 'puback', messageId }, { lenient })).toMatchObject({ message: 'Invalid messageId' });
      }
    }
  },
  'number-range': () => {
    const publish = (properties: object) => ({ cmd: 'publish', topic: 'a', payload: '', properties });
    expect(byThem({ cmd: 'disconnect', reasonCode: 300 }, { protocolVersion: 5 })).toBe('e0022c00');
    expect(byThem(publish({ messageExpiryInterval: 1.5 }), { protocolVersion: 5 })).toBe('3009000161050200000001');
    expect(byThem(publish({ topicAlias: 1.5 }), { protocolVersion: 5 })).toBe('30070001610323');
    for (const lenient of [false, true]) {
      const options = { protocolVersion: 5, lenient };
      expect(byUs({ cmd: 'disconnect', reasonCode: 300 }, options)).toMatchObject({ message: 'Invalid reason code' });
      for (const name of ['messageExpiryInterval', 'topicAlias']) {
        expect(byUs(publish({ [name]: 1.5 }), options)).toMatchObject({ message: `Invalid ${name}: 1.5` });
      }
    }
  },
  'subscribe-qos-3': () => {
    const packet = { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 3 }] };
    expect(byThem(packet)).toBe('8206000100016100');
    for (const lenient of [false, true]) {
      expect(byUs(packet, { lenient })).toMatchObject({ message: 'Invalid subscriptions - invalid qos' });
    }
  },
  'pubrel-dup': () => {
    expect(byThem({ cmd: 'pubrel', messageId: 1, dup: true })).toBeInstanceOf(TypeError);
    expect(byUs({ cmd: 'pubrel', messageId: 1, dup: true })).toBe('62020001');
  },
  'bridge-mode': () => {
    const packet = { cmd: 'connect', clientId: 'a', bridgeMode: true };
    expect(byUs(packet)).toMatchObject({ message: 'Invalid protocol version' });
    expect(byUs(packet, { lenient: true })).toBe(byThem(packet));
    expect(byThem({ ...packet, protocolVersion: 5 })).toBe('100e00044d51545403020000000161');
    for (const lenient of [false, true]) {
      expect(byUs({ ...packet, protocolVersion: 5 }, { lenient })).toMatchObject({ name: 'PacketError' });
    }
  },
  'wrong-types': () => {
    const publish = { cmd: 'publish', topic: 'a', payload: 7 };
    expect(byThem(publish)).toBeInstanceOf(TypeError);
    expect(byThem({ ...publish, payload: Uint8Array.of(1) })).toBeInstanceOf(TypeError);
    expect(byThem({ cmd: 'connect', clientId: 7 })).toBe('100a00044d51545404020000');
    expect(byUs({ ...publish, payload: Uint8Array.of(1) })).toBe('300400016101');
    for (const lenient of [false, true]) {
      expect(byUs(publish, { lenient })).toMatchObject({ name: 'PacketError', message: 'Invalid payload' });
      expect(byUs({ cmd: 'connect', clientId: 7 }, { lenient })).toMatchObject({ message: 'Invalid clientId' });
    }
  },
  'maximum-packet-size': () => {
    const puback = (properties: object) => ({ cmd: 'puback', messageId: 1, reasonCode: 0x87, properties });
    const options = (maximumPacketSize: number) => ({ protocolVersion: 5, properties: { maximumPacketSize } });
    const withReason = puback({ reasonString: 'abcd' }); // 13 bytes with the fixed header
    expect(byThem(withReason, options(11))).toBe('400b000187071f000461626364');
    expect(byUs(withReason, { ...options(11), lenient: true })).toBe(byThem(withReason, options(11)));
    expect(byUs(withReason, options(12))).toBe('400400018700');
    expect(byUs(withReason, options(13))).toBe('400b000187071f000461626364');
    const withUser = puback({ userProperties: { a: 'b' } });
    expect(byThem(withUser, options(10))).toBe('');
    expect(byUs(withUser, options(10))).toBe('400400018700');
    ours.generate(withReason as Packet, options(12));
    expect(withReason.properties).toEqual({ reasonString: 'abcd' });
    theirs.generate(withReason as never, options(10));
    expect(withReason.properties).toEqual({});
  },
  'property-past-list': () => {
    const stream = hex('820d 0001 01 01 ff 0005 612f622f63 00');
    const taken = [{ cmd: 'subscribe', properties: { payloadFormatIndicator: true } }];
    expect(parsed(theirs, 5, stream).packets).toMatchObject(taken);
    for (const lenient of [false, true]) {
      const { packets, errors } = parseAll(ours, { protocolVersion: 5, lenient }, stream);
      expect(packets).toEqual([]);
      const codeName = lenient ? 'PROPERTY_TRUNCATED' : 'PROPERTY_FOREIGN';
      expect(errors).toMatchObject([{ codeName, statement: expect.any(String), byteOffset: lenient ? 6 : 5 }]);
    }
  },
  'one-chunk': () => {
    const chunksOf = (codec: typeof ours | typeof theirs, lenient: boolean) => {
      const chunks: Buffer[] = [];
      const stream = { write: (chunk: Buffer) => chunks.push(Buffer.from(chunk)) > 0, destroy: () => undefined };
      const packet = { cmd: 'publish', topic: 'a', payload: 'hi', qos: 1, messageId: 1 };
      codec.writeToStream(packet as never, stream as never, { lenient } as object);
      return chunks;
    };
    const whole = hex('3207 0001 61 0001 6869');
    expect(chunksOf(theirs, false).length).toBeGreaterThan(4);
    expect(Buffer.concat(chunksOf(theirs, false))).toEqual(whole);
    for (const lenient of [false, true]) expect(chunksOf(ours, lenient)).toEqual([whole]);
  },
  'auth-version': () => {
    const written = (codec: typeof ours | typeof theirs) => {
      const chunks: unknown[] = [];
      const stream = { write: (chunk: unknown) => chunks.push(chunk) > 0, destroy: () => undefined };
      codec.writeToStream({ cmd: 'auth', reasonCode: 0 }, stream as never);
      return chunks.length;
    };
    expect(written(theirs)).toBeGreaterThan(0);
    expect(written(ours)).toBe(0);
  },
};

describe('what mqtt-packet refuses although the standard allows it, or gets wrong', () => {
  it.each(divergences.filter(({ kind }) => kind !== 'stricter'))('$id: $statement', ({ id }) => {
    expect(proofs).toHaveProperty([id]);
    proofs[id]();
  });
});

describe('the list of divergences', () => {
  it('has one entry for each id, each with a statement, a reason and a proof', () => {
    expect(new Set(divergences.map(({ id }) => id)).size).toBe(divergences.length);
    for (const { id, statement, reason } of divergences) {
      expect(statement, id).toMatch(/^MQTT[- ]\d/);
      expect(reason.length, id).toBeGreaterThan(10);
    }
    for (const { id, parse = [], generate = [] } of stricter)
      expect(parse.length + generate.length, id).toBeGreaterThan(0);
    const others = divergences.filter(({ kind }) => kind !== 'stricter').map(({ id }) => id);
    expect(Object.keys(proofs).sort()).toEqual(others.sort());
  });

  it('names the result codes of the core with their sources', () => {
    const sources = Object.fromEntries(Object.values(results).map(({ name, source }) => [name, source]));
    for (const { codeName, statement, id } of stricter) expect(sources[codeName as string], id).toBe(statement);
  });

  it('contains every rule that the core checks and mqtt-packet does not', () => {
    const known = new Set(stricter.filter(({ parse }) => parse?.length).map(({ codeName }) => codeName));
    let differing = 0;
    for (const vector of malformed) {
      const { protocolVersion } = vector;
      if (vector.maximumPacketSize) continue; // an option of the core, not of mqtt-packet
      const bytes = bytesOf(vector);
      const [us, them] = [ours, theirs].map((codec) => parseAll(codec as typeof ours, { protocolVersion }, bytes));
      if (us.errors.length === them.errors.length) continue;
      expect(us.errors, title(vector)).toMatchObject([{ codeName: vector.error }]);
      expect(known, title(vector)).toContain(vector.error);
      differing++;
    }
    expect(differing).toBeGreaterThan(500);
  });
});
