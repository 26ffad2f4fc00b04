import { PacketCursor, PacketDecoder } from '../../core/index.js';
import * as dropIn from '../../mqtt-packet/index.js';
import { keep, type Row } from '../measure.js';
import { type Chunk, chunkOf, coldTopics, mix, sampleOf } from './bench-packets.js';
import { MQTT_PACKET, type MqttPacket, mqttPacket, SAP, sap, U8, u8Codec } from './codec-peers.js';
import { decodeControl } from './control.js';

/** The streams that are decoded, by name. */
const STREAMS: Readonly<Record<string, () => Chunk>> = { 'A-cold': coldTopics, mix };

function chunkNamed(name: string): Chunk {
  return STREAMS[name]?.() ?? chunkOf(sampleOf(name));
}

export function decodeRows(): Row[] {
  const samples = ['A', 'B', 'C', 'D'];
  return [
    ...[...samples, 'mix'].map(cursorRow),
    ...[...samples, 'A-cold', 'mix', 'cjk'].map((name) => objectRow(name)),
    ...['A', 'A-cold', 'mix'].map((name) => controlRow(name)),
    ...['A', 'D', 'mix'].map((name) => sapRow(name)),
    ...[...samples, 'mix'].map(u8Row),
    fragmentRow('decode.bytewise.4k', 1, 4096),
    fragmentRow('decode.bytewise.mix', 1),
    fragmentRow('decode.chunks1500.mix', 1500),
    ...['A', 'mix'].map(dropInRow),
  ];
}

/** How mqtt-packet, or what has its interface, decodes. */
export function parseWith(codec: MqttPacket, protocolVersion: number): (chunk: Buffer) => void {
  const parser = codec.parser({ protocolVersion });
  parser.on('packet', () => keep(1));
  return (chunk) => void parser.parse(chunk);
}

function cursorRow(name: string): Row {
  return {
    bench: `decode.cursor.${name}`,
    peer: MQTT_PACKET,
    make: async () => {
      const { chunk, count, protocolVersion } = chunkNamed(name);
      const parse = parseWith(await mqttPacket(), protocolVersion);
      const cursor = new PacketCursor({ protocolVersion });
      const ours = () => {
        let sum = 0;
        cursor.push(chunk);
        while (cursor.next()) sum += cursor.type + cursor.qos + cursor.payloadLength;
        keep(sum);
      };
      return { units: count, ours, theirs: () => parse(chunk) };
    },
  };
}

/** A row of decoding to objects beside any peer. */
function objectsBeside(name: string, peer: string, make: (version: number) => Promise<(chunk: Buffer) => void>): Row {
  return {
    bench: `decode.object.${name}`,
    peer,
    make: async () => {
      const { chunk, count, protocolVersion } = chunkNamed(name);
      const decode = await make(protocolVersion);
      const decoder = new PacketDecoder({ protocolVersion });
      return { units: count, ours: () => keep(decoder.push(chunk).length), theirs: () => decode(chunk) };
    },
  };
}

export function objectRow(name: string): Row {
  return objectsBeside(name, MQTT_PACKET, async (version) => parseWith(await mqttPacket(), version));
}

function controlRow(name: string): Row {
  return objectsBeside(name, 'control', async () => (chunk) => keep(decodeControl(chunk).length));
}

function sapRow(name: string): Row {
  return objectsBeside(name, SAP, async () => {
    const decoder = (await sap()).decoder(() => keep(1));
    return (chunk) => decoder.push(chunk);
  });
}

function u8Row(name: string): Row {
  return objectsBeside(name, U8, async (version) => {
    const stream = (await u8Codec(version)).mqtt_stream();
    return (chunk) => keep(stream.decode(chunk).length);
  });
}

/** The stream comes in fragments of `size` bytes. @param length bytes of the stream, else all of them */
function fragmentRow(bench: string, size: number, length?: number): Row {
  return {
    bench,
    peer: MQTT_PACKET,
    make: async () => {
      const { chunk, count } = mix(length);
      const fragments: Buffer[] = [];
      for (let at = 0; at < chunk.length; at += size) fragments.push(chunk.subarray(at, at + size));
      const decoder = new PacketDecoder();
      const parse = parseWith(await mqttPacket(), 4);
      const ours = () => {
        let packets = 0;
        for (const fragment of fragments) packets += decoder.push(fragment).length;
        keep(packets);
      };
      const theirs = () => {
        for (const fragment of fragments) parse(fragment);
      };
      return { units: count, ours, theirs };
    },
  };
}

/** The drop-in for mqtt-packet against mqtt-packet. */
function dropInRow(name: string): Row {
  return {
    bench: `dropin.decode.${name}`,
    peer: MQTT_PACKET,
    make: async () => {
      const { chunk, count } = chunkNamed(name);
      const ours = parseWith(dropIn as unknown as MqttPacket, 4);
      const theirs = parseWith(await mqttPacket(), 4);
      return { units: count, ours: () => ours(chunk), theirs: () => theirs(chunk) };
    },
  };
}
