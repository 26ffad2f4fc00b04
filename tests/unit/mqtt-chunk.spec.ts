import { mqtt_decode_chunk } from '../../assembly/mqtt';
import { Chunk, DecodeOption, Packet, PacketFlag, PacketType, Result } from '../../build/abi/assembly';
import { INPUT, put } from './bytes';
import { LARGEST } from './mqtt-records';

const TABLE: usize = memory.data(2048, 16);
const CHUNK: usize = memory.data(64, 16);
const chunk = changetype<Chunk>(CHUNK);

function decode(hex: string, version: i32, capacity: i32, maximum: u32 = LARGEST): i32 {
  const length = put(hex);
  memory.fill(TABLE, 0xee, 2048);
  memory.fill(CHUNK, 0xee, 64);
  return mqtt_decode_chunk(INPUT, length, version, maximum, TABLE, capacity, CHUNK);
}

function summary(index: i32): Packet {
  return changetype<Packet>(TABLE + <usize>index * Packet.SUMMARY_SIZE);
}

const PING: string = 'c000';
const PUBLISH: string = '30050001616869';
const CONNECT_5: string = '100d00044d5154540502003c000000';

describe('mqtt_decode_chunk', () => {
  it('gives the summaries of all packets, one after the other', () => {
    expect(decode(PUBLISH + PING + '40020102', 4, 8)).toBe(3);
    expect(summary(0).type).toBe(PacketType.PUBLISH);
    expect(<u32>summary(0).topic).toBe(<u32>INPUT + 4);
    expect(<u32>summary(0).payload).toBe(<u32>INPUT + 5);
    expect(summary(0).payloadLength).toBe(2);
    expect(summary(1).type).toBe(PacketType.PINGREQ);
    expect(summary(1).payloadLength).toBe(0, 'nothing is left of the packet before');
    expect(summary(2).packetId).toBe(0x102);
    expect(chunk.used).toBe(13);
    expect(chunk.result).toBe(0);
    expect(chunk.needed).toBe(2, 'the shortest packet');
  });

  it('says whether a packet may hold a character beyond ASCII', () => {
    expect(decode(PUBLISH + '30050003e282ac' + '300500037f0161', 4, 8)).toBe(3);
    expect(summary(0).flags).toBe(0);
    expect(summary(1).flags).toBe(PacketFlag.NOT_ASCII);
    expect(summary(2).flags).toBe(0);
  });

  it('stops before a packet that is not complete, and says what is missing', () => {
    expect(decode(PING + 'c0', 4, 8)).toBe(1);
    expect(chunk.used).toBe(2);
    expect(chunk.needed).toBe(1);
    expect(decode(PING + '3005000161', 4, 8)).toBe(1);
    expect(chunk.needed).toBe(2);
    expect(decode('', 4, 8)).toBe(0);
    expect(chunk.needed).toBe(2);
  });

  it('stops when the table is full, and needs nothing then', () => {
    expect(decode(PING + PING + PING, 4, 2)).toBe(2);
    expect(chunk.used).toBe(4);
    expect(chunk.needed).toBe(0);
    expect(chunk.result).toBe(0);
    expect(decode(PING, 4, 0)).toBe(0);
    expect(chunk.used).toBe(0);
  });

  it('stops at a malformed packet: result, type and the offset in that packet', () => {
    expect(decode(PING + PUBLISH + '30040002612b' + PING, 4, 8)).toBe(2);
    expect(chunk.used).toBe(9);
    expect(<i32>chunk.result).toBe(Result.TOPIC_WILDCARD);
    expect(chunk.errorOffset).toBe(5);
    expect(chunk.type).toBe(PacketType.PUBLISH);
    expect(chunk.needed).toBe(0);
    expect(decode(PING + '30c801', 4, 8, 202)).toBe(1);
    expect(<i32>chunk.result).toBe(Result.PACKET_TOO_LARGE);
    expect(chunk.errorOffset).toBe(1);
  });

  it('reads what follows a CONNECT in the version of the CONNECT', () => {
    expect(decode(CONNECT_5 + 'e00104', 4, 8)).toBe(2);
    expect(chunk.protocolVersion).toBe(5);
    expect(summary(1).reasonCode).toBe(4);
    expect(summary(1).protocolVersion).toBe(5);
    expect(decode('e00104', 4, 8)).toBe(0);
    expect(<i32>chunk.result).toBe(Result.TRAILING_BYTES);
  });

  it('under DecodeOption.STRICT every packet has a minimal Remaining Length, also after a CONNECT', () => {
    const CONNECT_4 = '100c' + '00044d51545404' + '02003c0000';
    expect(decode(CONNECT_4 + 'c08000', 4, 8)).toBe(2);
    expect(decode(CONNECT_4 + 'c08000', 4 | DecodeOption.STRICT, 8)).toBe(1);
    expect(<i32>chunk.result).toBe(Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
    expect(chunk.errorOffset).toBe(1);
    expect(chunk.protocolVersion).toBe(4);
    expect(summary(0).protocolVersion).toBe(4);
    expect(decode('', 5 | DecodeOption.STRICT, 8)).toBe(0);
    expect(chunk.protocolVersion).toBe(5);
  });

  it('a PUBLISH that is not complete is never used, also with DecodeOption.HEADER', () => {
    expect(decode(PING + '30e807000161', 4 | DecodeOption.HEADER, 8)).toBe(1);
    expect(chunk.used).toBe(2);
    expect(chunk.needed).toBe(997);
  });

  it('writes at the most the rest of one whole record behind the summaries', () => {
    decode(CONNECT_5 + CONNECT_5, 4, 2);
    const end = TABLE + 2 * Packet.SUMMARY_SIZE + (Packet.SIZE - Packet.SUMMARY_SIZE);
    for (let at = end; at < TABLE + 2048; at++) expect(load<u8>(at)).toBe(0xee);
    for (let at = CHUNK + Chunk.SIZE; at < CHUNK + 64; at++) expect(load<u8>(at)).toBe(0xee);
  });
});
