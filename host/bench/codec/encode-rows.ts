import { encodePacket, PacketBatch, preparePublish } from '../../core/index.js';
import * as dropIn from '../../mqtt-packet/index.js';
import { keep, type Row } from '../measure.js';
import { type Sample, sampleOf } from './bench-packets.js';
import { MQTT_PACKET, type MqttPacket, mqttPacket, SAP, sap, U8, u8Codec } from './codec-peers.js';

/** Packets of one batch. */
export const BATCH = 32;

export function encodeRows(): Row[] {
  const samples = ['A', 'B', 'C', 'D'];
  return [
    ...[...samples, 'cjk'].map(bufferRow),
    u8Row('A'),
    ...samples.map(batchRow),
    sapRow('A', 'Publish'),
    sapRow('D', 'Subscribe'),
    preparedRow('A'),
    dropInRow('A'),
  ];
}

function generate(codec: MqttPacket, { protocolVersion, peerPacket }: Sample): () => void {
  const options = { protocolVersion };
  return () => keep(codec.generate(peerPacket, options).length);
}

const times = (count: number, run: () => void) => () => {
  for (let n = 0; n < count; n++) run();
};

function encode({ packet, protocolVersion }: Sample): () => void {
  return () => keep(encodePacket(packet, protocolVersion).length);
}

export function bufferRow(name: string): Row {
  return {
    bench: `encode.buffer.${name}`,
    peer: MQTT_PACKET,
    make: async () => {
      const sample = sampleOf(name);
      return { units: 1, ours: encode(sample), theirs: generate(await mqttPacket(), sample) };
    },
  };
}

function u8Row(name: string): Row {
  return {
    bench: `encode.buffer.${name}`,
    peer: U8,
    make: async () => {
      const sample = sampleOf(name);
      const codec = await u8Codec(sample.protocolVersion);
      const theirs = () => keep(codec.encode_pkt('publish', sample.peerPacket).length);
      return { units: 1, ours: encode(sample), theirs };
    },
  };
}

/** Many packets into one piece of memory, which the caller then owns. */
function batch({ packet, protocolVersion }: Sample): () => void {
  const packets = new PacketBatch(protocolVersion);
  return () => {
    for (let n = 0; n < BATCH; n++) packets.add(packet);
    keep(packets.take().length);
  };
}

function batchRow(name: string): Row {
  return {
    bench: `encode.batch.${name}`,
    peer: MQTT_PACKET,
    make: async () => {
      const sample = sampleOf(name);
      return { units: BATCH, ours: batch(sample), theirs: times(BATCH, generate(await mqttPacket(), sample)) };
    },
  };
}

/** SAP's encoder collects packets until it is flushed. */
function sapRow(name: string, kind: 'Publish' | 'Subscribe'): Row {
  return {
    bench: `encode.batch.${name}`,
    peer: SAP,
    make: async () => {
      const sample = sampleOf(name);
      const { encoder: encoderFor, packets } = await sap();
      const packet = Object.assign(new packets[kind](), sample.sapPacket);
      const encoder = encoderFor((bytes) => keep(bytes.length));
      const theirs = () => {
        for (let n = 0; n < BATCH; n++) encoder.push(packet);
        encoder.flush();
      };
      return { units: BATCH, ours: batch(sample), theirs };
    },
  };
}

/** The same for a prepared PUBLISH. */
function preparedRow(name: string): Row {
  return {
    bench: `encode.prepared.${name}`,
    peer: MQTT_PACKET,
    make: async () => {
      const sample = sampleOf(name);
      const { packet, protocolVersion } = sample;
      if (packet.type !== 'publish') throw new TypeError(`sample ${name} is not a PUBLISH`);
      const { payload } = packet;
      const packets = new PacketBatch(protocolVersion);
      const prepared = preparePublish(packet, protocolVersion);
      const ours = () => {
        for (let n = 0; n < BATCH; n++) packets.addPrepared(prepared, payload);
        keep(packets.take().length);
      };
      return { units: BATCH, ours, theirs: times(BATCH, generate(await mqttPacket(), sample)) };
    },
  };
}

export function dropInRow(name: string): Row {
  return {
    bench: `dropin.encode.${name}`,
    peer: MQTT_PACKET,
    make: async () => {
      const sample = sampleOf(name);
      const ours = generate(dropIn as unknown as MqttPacket, sample);
      return { units: 1, ours, theirs: generate(await mqttPacket(), sample) };
    },
  };
}
