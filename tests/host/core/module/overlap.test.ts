import { describe, expect, it } from 'vitest';
import {
  type CoreExports,
  DerLimit,
  FilterRecord,
  PacketRecord,
  PacketType,
  PropertyRecord,
  Result,
  SessionContext,
} from '../../../../build/abi/core.js';
import { encodePacket, LARGEST_PACKET, type Packet, type ProtocolVersion } from '../../../../host/core/index.js';
import { compile, type ModuleName } from '../support/bare-core.js';
import { derVectors } from '../support/der-vectors.js';

/** From address to address. */
type Stretch = [number, number];

/** A call that writes, with what it reads in memory. */
interface Call {
  /** What the output must not overlap. */
  reads: Stretch[];
  /** What the call may change besides the output. */
  changes?: Stretch;
  write(output: number): number;
}

const RECORD = 8192;
const INPUT = 16_384;
const FAR = 32_768;

/** An instance of a build, whose memory is filled again for each call. */
class Bench {
  readonly core: CoreExports;
  readonly u8: Buffer;

  constructor(build: ModuleName) {
    this.core = compile(build).instantiate() as unknown as CoreExports;
    this.core.memory.grow(1);
    this.u8 = Buffer.from(this.core.memory.buffer);
  }

  put(at: number, bytes: Uint8Array): Stretch {
    this.u8.set(bytes, at);
    return [at, at + bytes.length];
  }

  set(record: number, field: number, value: number): void {
    this.u8.writeUInt32LE(value, record + field);
  }

  /** What the call writes where nothing is in its way. */
  expected(prepare: (bench: Bench) => Call): Buffer {
    const length = prepare(this).write(FAR);
    expect(length).toBeGreaterThan(0);
    return Buffer.from(this.u8.subarray(FAR, FAR + length));
  }
}

const meets = (output: number, length: number, [start, end]: Stretch) => output < end && start < output + length;

/**
 * Makes the call with its output at every place around everything that it reads. It writes what it writes elsewhere, or it
 * refuses and writes nothing. Returns how often it refused.
 */
function everywhere(bench: Bench, prepare: (bench: Bench) => Call, mayRefuse: (output: number) => boolean): number {
  const expected = bench.expected(prepare);
  const { length } = expected;
  const refused = new Set<number>();
  for (const [start, end] of prepare(bench).reads) {
    for (let output = start - length - 2; output < end + 2; output++) {
      bench.u8.fill(0xee, RECORD - 2048);
      const { reads, changes = [0, 0], write } = prepare(bench);
      const before = Buffer.from(bench.u8);
      const result = write(output);
      if (result !== Result.INVALID_ARGUMENT) {
        expect(result).toBe(length);
        expect(bench.u8.subarray(output, output + length).toString('hex')).toBe(expected.toString('hex'));
        continue;
      }
      refused.add(output);
      expect(mayRefuse(output), `refused at ${output} of ${reads}`).toBe(true);
      bench.u8.copy(before, changes[0], ...changes);
      expect(bench.u8.equals(before), `nothing is written at ${output}`).toBe(true);
    }
  }
  return refused.size;
}

const publish = { type: 'publish', topic: 'a/b', payload: Buffer.from('hello'), retain: false, dup: false } as const;
const userProperty: [string, string][] = [['name', 'value']];
const packets: [string, Packet, ProtocolVersion, ProtocolVersion][] = [
  ['PUBLISH', { ...publish, qos: 0 }, 4, 4],
  ['PUBLISH that grows by its Property Length', { ...publish, qos: 1, packetId: 7 }, 4, 5],
  ['PUBLISH with properties', { ...publish, qos: 1, packetId: 7, properties: { userProperty } }, 5, 5],
  ['PUBLISH without payload', { ...publish, qos: 0, payload: Buffer.alloc(0) }, 5, 5],
  ['SUBSCRIBE', { type: 'subscribe', packetId: 7, subscriptions: [{ topicFilter: 'a/+', qos: 1 }] }, 4, 5],
  ['SUBACK', { type: 'suback', packetId: 7, reasonCodes: [0, 1] }, 5, 5],
  ['PUBACK', { type: 'puback', packetId: 7, reasonCode: 16, properties: { userProperty } }, 5, 5],
  ['DISCONNECT', { type: 'disconnect', reasonCode: 4, properties: { userProperty } }, 5, 5],
  ['PINGREQ', { type: 'pingreq' }, 4, 4],
  [
    'CONNECT',
    {
      type: 'connect',
      protocolVersion: 5,
      cleanStart: true,
      keepAlive: 1,
      clientId: 'device',
      will: { topic: 'w/t', payload: Buffer.from('gone'), qos: 1, retain: false, properties: { userProperty } },
      userName: 'user',
      password: Buffer.from('secret'),
      properties: { userProperty },
    },
    5,
    5,
  ],
];

const spans = ['topic', 'payload', 'properties', 'clientId', 'willProperties', 'userName', 'password'] as const;

/** Decodes a packet, and encodes its record in another version. */
function encodes(packet: Packet, from: ProtocolVersion, to: ProtocolVersion) {
  return ({ core, u8 }: Bench): Call => {
    const bytes = encodePacket(packet, from);
    u8.set(bytes, INPUT);
    expect(core.mqtt_decode(INPUT, bytes.length, from, LARGEST_PACKET, RECORD)).toBe(bytes.length);
    u8.writeUInt32LE(to, RECORD + PacketRecord.protocolVersion);
    const record: Stretch = [RECORD, RECORD + PacketRecord.SIZE];
    const reads = spans.flatMap((name): Stretch[] => {
      const at = u8.readUInt32LE(RECORD + PacketRecord[name]);
      const length = u8.readUInt32LE(RECORD + PacketRecord[`${name}Length`]);
      return length === 0 ? [] : [[at, at + length]];
    });
    return {
      reads: [record, ...reads],
      changes: record,
      write: (output) => core.mqtt_encode(RECORD, output, 4096),
    };
  };
}

describe.each(['core.wasm', 'core.simd.wasm'] as const)('%s, with an output that overlaps what is read', (build) => {
  const bench = new Bench(build);
  const whenMeets = (prepare: (bench: Bench) => Call) => {
    const { length } = bench.expected(prepare);
    const { reads } = prepare(bench);
    return (output: number) => reads.some((stretch) => meets(output, length, stretch));
  };

  it.each(packets)('mqtt_encode refuses it, and writes nothing: %s', (_, packet, from, to) => {
    const prepare = encodes(packet, from, to);
    expect(everywhere(bench, prepare, whenMeets(prepare))).toBeGreaterThan(0);
  });

  it('mqtt_encode refuses a PUBLISH of 3.1.1 as one of MQTT 5 in its place, where it would lose a byte', () => {
    const { write } = encodes({ ...publish, qos: 0 }, 4, 5)(bench);
    expect(write(INPUT)).toBe(Result.INVALID_ARGUMENT);
  });

  it('mqtt_encode takes a payload that lies where it will be written, and only there', () => {
    for (const type of ['publish', 'subscribe'] as const) {
      const packet: Packet = type === 'publish' ? { ...publish, qos: 0 } : (packets[4][1] as Packet);
      const prepare = encodes(packet, 4, 5);
      const expected = bench.expected(prepare);
      const { write } = prepare(bench);
      const length = bench.u8.readUInt32LE(RECORD + PacketRecord.payloadLength);
      bench.put(FAR, Buffer.from(publish.topic));
      bench.set(RECORD, PacketRecord.topic, FAR);
      for (let gap = -2; gap <= 2; gap++) {
        const payload = INPUT + expected.length - length + gap;
        bench.put(payload, expected.subarray(-length));
        bench.set(RECORD, PacketRecord.payload, payload);
        expect(write(INPUT), `${type}, ${gap} off`).toBe(gap === 0 ? expected.length : Result.INVALID_ARGUMENT);
        if (gap === 0) expect(bench.u8.subarray(INPUT, INPUT + expected.length).equals(expected)).toBe(true);
      }
    }
  });

  it('mqtt_encode does not mind an address without bytes, nor spans that the packet does not have', () => {
    const { write } = encodes({ type: 'pubrec', packetId: 7, reasonCode: 0x80 }, 5, 5)(bench);
    for (const [name, length] of [['payload', 9] as const, ['topic', 9] as const, ['properties', 0] as const]) {
      bench.set(RECORD, PacketRecord[name], FAR + 1);
      bench.set(RECORD, PacketRecord[`${name}Length`], length);
    }
    expect(write(FAR)).toBe(5);
    expect(bench.u8.toString('hex', FAR, FAR + 5)).toBe('5003000780');
  });

  it.each([
    ['reason string', 31, 'why', undefined],
    ['authentication data', 22, 'data', undefined],
    ['user property', 38, 'value', 'name'],
  ] as const)('mqtt_property_write refuses it, and writes nothing: %s', (_, id, value, name) => {
    const prepare = ({ core, u8 }: Bench): Call => {
      u8.fill(0, RECORD, RECORD + PropertyRecord.SIZE);
      const reads: Stretch[] = [[RECORD, RECORD + PropertyRecord.SIZE]];
      u8.writeUInt32LE(id, RECORD + PropertyRecord.id);
      let at = INPUT;
      for (const [field, text] of [['value', value] as const, ['name', name] as const]) {
        if (text === undefined) continue;
        u8.write(text, at);
        u8.writeUInt32LE(at, RECORD + PropertyRecord[field]);
        u8.writeUInt32LE(text.length, RECORD + PropertyRecord[`${field}Length`]);
        reads.push([at, at + text.length]);
        at += text.length + 3;
      }
      return { reads, write: (output) => core.mqtt_property_write(RECORD, output, 64) };
    };
    expect(everywhere(bench, prepare, whenMeets(prepare))).toBeGreaterThan(0);
  });

  it('mqtt_filter_write writes the filter wherever it was', () => {
    const prepare = ({ core, u8 }: Bench): Call => {
      u8.write('a/+/c', INPUT);
      u8.writeUInt32LE(INPUT, RECORD + FilterRecord.filter);
      u8.writeUInt32LE(5, RECORD + FilterRecord.filterLength);
      u8.writeUInt32LE(1, RECORD + FilterRecord.options);
      const reads: Stretch[] = [[INPUT, INPUT + 5]];
      return { reads, write: (output) => core.mqtt_filter_write(RECORD, PacketType.SUBSCRIBE, output, 64) };
    };
    expect(everywhere(bench, prepare, () => false)).toBe(0);
  });

  it('hex_encode writes the digits in the place of the bytes, or behind their start', () => {
    const bytes = Buffer.from(Array.from({ length: 37 }, (_, n) => n * 7));
    for (let gap = 0; gap < 80; gap++) {
      bench.put(INPUT, bytes);
      expect(bench.core.hex_encode(INPUT, bytes.length, INPUT + gap, 100)).toBe(74);
      expect(bench.u8.toString('latin1', INPUT + gap, INPUT + gap + 74)).toBe(bytes.toString('hex'));
    }
  });

  it('hex_decode writes the bytes in the place of the digits, or before them', () => {
    const text = Buffer.from(Array.from({ length: 37 }, (_, n) => n * 7)).toString('hex');
    for (let gap = 0; gap < 80; gap++) {
      bench.u8.write(text, INPUT);
      expect(bench.core.hex_decode(INPUT, text.length, INPUT - gap, 37, 0)).toBe(37);
      expect(bench.u8.toString('hex', INPUT - gap, INPUT - gap + 37)).toBe(text);
    }
  });

  it('key_wrap_pkcs8 refuses it, and writes nothing', () => {
    const key = Buffer.from(derVectors.find(({ name }) => name === 'SEC1 with its curve')?.hex ?? '', 'hex');
    const capacity = key.length + DerLimit.WRAPPING;
    for (let output = INPUT - capacity - 2; output < INPUT + key.length + 2; output++) {
      bench.u8.fill(0xee, RECORD);
      const input = bench.put(INPUT, key);
      const before = Buffer.from(bench.u8);
      const result = bench.core.key_wrap_pkcs8(INPUT, key.length, output, capacity, FAR);
      if (!meets(output, capacity, input)) expect(result).toBeGreaterThan(key.length);
      else {
        expect(result).toBe(Result.INVALID_ARGUMENT);
        expect(bench.u8.equals(before)).toBe(true);
      }
    }
  });

  it('session_send refuses it, and writes nothing: context, record, packet', () => {
    const size = SessionContext.HEADER + 4 * SessionContext.ENTRY + 20;
    const context = INPUT + 2048;
    const connect = encodes(packets[packets.length - 1][1], 5, 5);
    const room = bench.expected(connect).length;
    const prepare = (): Call => {
      const { reads, changes } = connect(bench);
      expect(bench.core.session_init(context, size, 2, 2, 0, 1000)).toBe(0);
      return {
        reads: [[context, context + size], ...reads],
        changes,
        write: (output) => bench.core.session_send(context, RECORD, 5, output, room),
      };
    };
    expect(everywhere(bench, prepare, whenMeets(prepare))).toBeGreaterThan(size);
  });
});
