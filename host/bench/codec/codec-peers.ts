import { loadPeer } from '../peer-packages.js';

/** The part of mqtt-packet that the rows call; the drop-in has it too. */
export interface MqttPacket {
  parser(options: { protocolVersion: number }): {
    on(event: 'packet', listener: (packet: object) => void): void;
    on(event: 'error', listener: () => void): void;
    parse(chunk: Buffer): number;
  };
  generate(packet: object, options: { protocolVersion: number }): Buffer;
}

export const MQTT_PACKET = 'mqtt-packet';
export const SAP = '@sap/xb-msg-mqtt-v311';
export const U8 = 'u8-mqtt-packet';

export const mqttPacket = () => loadPeer<MqttPacket>(MQTT_PACKET);

interface SapDecoder {
  push(chunk: Buffer): void;
}

interface SapEncoder {
  push(packet: object): void;
  flush(): void;
}

/** The parts of SAP's client that decode and encode, 3.1.1 alone; it exports none of them. */
export interface Sap {
  decoder(onPacket: () => void): SapDecoder;
  /** @param onBytes gets what was written since the last flush */
  encoder(onBytes: (bytes: Buffer) => void): SapEncoder;
  packets: Record<'Publish' | 'Subscribe', new () => object>;
}

export async function sap(): Promise<Sap> {
  type Constructor<Made> = new (...args: unknown[]) => Made;
  const { Decoder } = await loadPeer<{ Decoder: Constructor<SapDecoder> }>(`${SAP}/lib/serialize/decoder.js`);
  const { Encoder } = await loadPeer<{ Encoder: Constructor<SapEncoder> }>(`${SAP}/lib/serialize/encoder.js`);
  const packets = await loadPeer<Sap['packets'] & { buildPacket: unknown }>(`${SAP}/lib/model/packets.js`);
  const allocate = (size: number) => Buffer.allocUnsafe(Math.max(size, 4096));
  return {
    decoder: (onPacket) => new Decoder(packets.buildPacket, onPacket),
    encoder: (onBytes) => new Encoder({ ostreamPayloadCopyLimit: 1024 }, allocate, onBytes),
    packets,
  };
}

/** The codec of one version of MQTT that u8-mqtt-packet makes. */
export interface U8Codec {
  mqtt_stream(): { decode(chunk: Uint8Array): unknown[] };
  encode_pkt(type: string, packet: object): Uint8Array;
}

export async function u8Codec(protocolVersion: number): Promise<U8Codec> {
  type Make = (level: number, options: object) => U8Codec;
  const make = await loadPeer<Make>(`${U8}/esm/codec_bind.js`);
  return make(protocolVersion, await loadPeer<object>(`${U8}/esm/codec_v${protocolVersion}_full.js`));
}
