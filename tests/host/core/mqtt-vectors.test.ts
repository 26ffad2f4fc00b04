import { readFileSync } from 'node:fs';
import { parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PacketType, Result } from '../../../build/abi/core.js';
import { encodePacket, MqttError, PacketDecoder } from '../../../host/core/index.js';
import { BareCore } from './support/bare-core.js';
import { bytesOf, incomplete, malformed, title, type Vector, valid, vectors } from './support/mqtt-vectors.js';

/** The release builds: one for size, one for speed. */
const builds = (['core.wasm', 'core.simd.wasm'] as const).map((name) => new BareCore(name));

/** What both builds return for the bytes of a vector, wherever in memory they lie. */
function decode(vector: Vector): ReturnType<BareCore['decode']> {
  const [expected, ...others] = builds.flatMap((build) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((gap) => build.decode(vector, gap)),
  );
  for (const other of others) expect(other).toEqual(expected);
  return expected;
}

const decoderFor = ({ protocolVersion, maximumPacketSize, strict }: Vector) =>
  new PacketDecoder({ protocolVersion, maximumPacketSize, strict });

/** The error of a decoder for these chunks; undefined when it accepts all of them. */
function refusal(decoder: PacketDecoder, chunks: Uint8Array[]): unknown {
  try {
    for (const chunk of chunks) decoder.push(chunk);
  } catch (error) {
    return error;
  }
  return undefined;
}

const oneByOne = (bytes: Buffer) => [...bytes.keys()].map((at) => bytes.subarray(at, at + 1));

describe('valid packets', () => {
  it.each(valid.map((vector) => [title(vector), vector] as const))('%s', (_, vector) => {
    const bytes = bytesOf(vector);
    expect(decode(vector).result).toBe(bytes.length);
    for (const build of builds)
      expect(build.decodeChunk(vector)).toMatchObject({ count: 1, used: bytes.length, result: 0 });
    expect(decoderFor(vector).push(bytes)).toEqual([vector.packet]);
    const version = vector.packet.type === 'connect' ? vector.packet.protocolVersion : vector.protocolVersion;
    const encoded = encodePacket(vector.packet, version);
    if (vector.canonical !== false) expect(encoded.toString('hex')).toBe(vector.bytes);
    else expect(new PacketDecoder({ protocolVersion: version }).push(encoded)).toEqual([vector.packet]);
  });

  it('wait for more at every length, and never ask for more than is missing', () => {
    for (const vector of valid) {
      const bytes = bytesOf(vector);
      for (let length = 0; length < bytes.length; length++) {
        const cut = { ...vector, bytes: vector.bytes.slice(0, length * 2) };
        const { result, needed } = builds[0].decode(cut);
        expect(result, `${title(vector)}, ${length} bytes`).toBe(0);
        expect(needed, `${title(vector)}, ${length} bytes`).toBeGreaterThan(0);
        expect(needed, `${title(vector)}, ${length} bytes`).toBeLessThanOrEqual(bytes.length - length);
      }
    }
  });
});

describe('packets that are not complete', () => {
  it.each(incomplete.map((vector) => [title(vector), vector] as const))('%s', (_, vector) => {
    const expected = { result: 0, needed: vector.needed };
    expect(decode(vector)).toMatchObject(expected);
    for (const build of builds) expect(build.decodeChunk(vector)).toMatchObject({ count: 0, used: 0, ...expected });
    expect(decoderFor(vector).push(bytesOf(vector))).toEqual([]);
  });
});

describe('malformed packets', () => {
  it.each(malformed.map((vector) => [title(vector), vector] as const))('%s', (_, vector) => {
    const code = Result[vector.error as keyof typeof Result];
    const expected = { codeName: vector.error, byteOffset: vector.errorOffset };
    expect(decode(vector)).toMatchObject({ result: code, errorOffset: vector.errorOffset });
    for (const build of builds) {
      const chunk = { count: 0, used: 0, needed: 0, result: code, errorOffset: vector.errorOffset };
      expect(build.decodeChunk(vector)).toEqual(chunk);
    }
    const bytes = bytesOf(vector);
    for (const chunks of [[bytes], oneByOne(bytes)]) {
      const error = refusal(decoderFor(vector), chunks);
      expect(error).toBeInstanceOf(MqttError);
      expect(error).toMatchObject({ ...expected, packets: [] });
    }
  });

  it("name the statement of the packet's own standard, or the section where it has none", () => {
    const isRule = (statement: string) => statement.startsWith('MQTT-');
    for (const vector of malformed) {
      const { statement, protocolVersion } = refusal(decoderFor(vector), [bytesOf(vector)]) as MqttError;
      const expected = vector.statement ?? '';
      // A vector may name a more exact section than the error.
      const isWithin = !isRule(statement) && `${expected}.`.startsWith(`${statement}.`);
      if (!isWithin) expect(statement, title(vector)).toBe(expected);
      if (!vector.name.startsWith('CONNECT')) expect(protocolVersion, title(vector)).toBe(vector.protocolVersion);
    }
  });

  it('are refused at the same byte by both versions when both have the rule', () => {
    const byName = new Map<string, Vector[]>();
    for (const vector of malformed) byName.set(vector.name, [...(byName.get(vector.name) ?? []), vector]);
    for (const [name, list] of byName) {
      expect(new Set(list.map(({ error }) => error)).size, name).toBe(1);
    }
  });
});

describe('the table of result codes', () => {
  /** Codes that no bytes can cause, and why. */
  const notByDecoding = new Map([
    ['STRING_TOO_LONG', 'a two-byte length cannot say more than 65,535; encoding and the topic checks return it'],
  ]);

  const described: { name: string; reasonCode: number; reasonCodeIn?: Record<string, number> }[] = JSON.parse(
    readFileSync(new URL('../../../assembly/abi/mqtt.json', import.meta.url), 'utf8'),
  ).results;

  it('has a vector for every code except those that bytes cannot cause', () => {
    const seen = new Set(malformed.map(({ error }) => error));
    const unseen = described.map(({ name }) => name).filter((name) => !seen.has(name));
    expect(unseen).toEqual([...notByDecoding.keys()]);
  });

  it('has exceptions that encoding can cause', () => {
    const topic = 'x'.repeat(65_536);
    const packet = { type: 'publish', topic, payload: Buffer.alloc(0), qos: 0, retain: false, dup: false } as const;
    expect(() => encodePacket(packet, 4)).toThrow(expect.objectContaining({ codeName: 'STRING_TOO_LONG' }));
  });

  it('has a reason code of MQTT 5 for every code, which every error carries', () => {
    const results = new Map(described.map((result) => [result.name, result]));
    for (const vector of malformed) {
      const error = refusal(decoderFor(vector), [bytesOf(vector)]) as MqttError;
      const { reasonCode, reasonCodeIn } = results.get(vector.error as string) ?? {};
      const first = Number.parseInt(vector.bytes[0], 16);
      const type = Object.entries(PacketType).find(([, number]) => number === first)?.[0] ?? '';
      expect(error.reasonCode, vector.error).toBe(reasonCodeIn?.[type] ?? reasonCode);
      expect(error.reasonCode).toBeGreaterThanOrEqual(0x80);
    }
  });
});

describe('the list of vectors', () => {
  it('has each name once for each version', () => {
    expect(new Set(vectors.map(title)).size).toBe(vectors.length);
  });

  it('contains every packet type of both versions', () => {
    for (const version of [4, 5]) {
      const types = new Set(valid.filter((v) => v.protocolVersion === version).map(({ packet }) => packet.type));
      expect(types.size, `version ${version}`).toBe(version === 5 ? 15 : 14);
    }
  });

  it('contains every class of packets that other implementations accept wrongly, under each version concerned', () => {
    const classes = new Set(malformed.map(({ strictness, protocolVersion }) => `${strictness} ${protocolVersion}`));
    for (const name of ['strings', 'ids and flags', 'framing', 'CONNECT and CONNACK', 'SUBSCRIBE and SUBACK']) {
      expect(classes).toContain(`${name} 4`);
      expect(classes).toContain(`${name} 5`);
    }
    expect(classes).toContain('MQTT 5 5');
  });
});

describe('mqtt-packet, the peer', () => {
  function verdict({ bytes, protocolVersion }: Vector): string {
    let packets = 0;
    let error: Error | undefined;
    const peer = parser({ protocolVersion });
    peer.on('packet', () => {
      packets++;
    });
    peer.on('error', (problem: Error) => {
      error = problem;
    });
    try {
      peer.parse(Buffer.from(bytes, 'hex'));
    } catch {
      return 'throws';
    }
    return error ? 'refuses' : packets > 0 ? 'accepts' : 'waits';
  }

  it('does with each malformed vector what its note says, while our decoder refuses it', () => {
    for (const vector of malformed) {
      expect(verdict(vector), title(vector)).toBe(vector.mqttPacket);
      expect(decode(vector).result, title(vector)).toBeLessThan(0);
    }
    expect(malformed.filter(({ mqttPacket }) => mqttPacket === 'accepts').length).toBeGreaterThan(600);
  });

  it('accepts the valid vectors except two that MQTT 5 allows, and those that only MQTT 3.1 allows', () => {
    const refused = valid.filter((vector) => verdict(vector) !== 'accepts').map(({ name }) => name);
    expect(refused).toEqual([
      'CONNECT of MQTT 3.1, flags of the fixed header, which it does not use',
      'CONNECT of MQTT 3.1, bit 0 of the Connect Flags, which it does not use',
      'CONNECT of MQTT 3.1, QoS and RETAIN without a will, which it disregards',
      'CONNECT of MQTT 3.1, bit 0 beside QoS and RETAIN without a will',
      'CONNECT of MQTT 3.1, a will whose flags stand beside bit 0',
      'CONNECT of MQTT 3.1, User Name and Password left out',
      'CONNECT of MQTT 3.1, Password left out',
      'PUBREL of MQTT 3.1 with DUP',
      'SUBSCRIBE of MQTT 3.1 with DUP',
      'UNSUBSCRIBE of MQTT 3.1 with DUP',
      'PUBACK of MQTT 3.1 with bits that it does not use',
      'DISCONNECT, reason code 8c (table 2-6)',
      'AUTH, success in its shortest form (3.15.2.1)',
    ]);
  });
});
