import { mqtt_decode_chunk } from '../../assembly/mqtt';
import * as abi from '../../build/abi/assembly';
import { INPUT, put } from './bytes';
import { LARGEST } from './mqtt-records';

const TABLE: usize = memory.data(2048, 16);
const CHUNK: usize = memory.data(64, 16);

function decode(hex: string, version: i32, capacity: i32, maximum: u32 = LARGEST): i32 {
  const length = put(hex);
  memory.fill(TABLE, 0xee, 2048);
  memory.fill(CHUNK, 0xee, 64);
  return mqtt_decode_chunk(INPUT, length, version, maximum, TABLE, capacity, CHUNK);
}

function chunk(offset: usize): u32 {
  return load<u32>(CHUNK + offset);
}

function packet(index: i32, offset: usize): u32 {
  return load<u32>(TABLE + <usize>index * abi.PACKET_SUMMARY_SIZE + offset);
}

const PING: string = 'c000';
const PUBLISH: string = '30050001616869';
const CONNECT_5: string = '100d00044d5154540502003c000000';

describe('mqtt_decode_chunk', () => {
  it('gives the summaries of all packets, one after the other', () => {
    expect(decode(PUBLISH + PING + '40020102', 4, 8)).toBe(3);
    expect(packet(0, abi.PACKET_TYPE)).toBe(abi.PACKET_TYPE_PUBLISH);
    expect(packet(0, abi.PACKET_TOPIC)).toBe(<u32>INPUT + 4);
    expect(packet(0, abi.PACKET_PAYLOAD)).toBe(<u32>INPUT + 5);
    expect(packet(0, abi.PACKET_PAYLOAD_LENGTH)).toBe(2);
    expect(packet(1, abi.PACKET_TYPE)).toBe(abi.PACKET_TYPE_PINGREQ);
    expect(packet(1, abi.PACKET_PAYLOAD_LENGTH)).toBe(0, 'nothing is left of the packet before');
    expect(packet(2, abi.PACKET_PACKET_ID)).toBe(0x102);
    expect(chunk(abi.CHUNK_USED)).toBe(13);
    expect(chunk(abi.CHUNK_RESULT)).toBe(0);
    expect(chunk(abi.CHUNK_NEEDED)).toBe(2, 'the shortest packet');
  });

  it('says whether a packet may hold a character beyond ASCII', () => {
    expect(decode(PUBLISH + '30050003e282ac' + '300500037f0161', 4, 8)).toBe(3);
    expect(packet(0, abi.PACKET_FLAGS)).toBe(0);
    expect(packet(1, abi.PACKET_FLAGS)).toBe(abi.PACKET_FLAG_NOT_ASCII);
    expect(packet(2, abi.PACKET_FLAGS)).toBe(0);
  });

  it('stops before a packet that is not complete, and says what is missing', () => {
    expect(decode(PING + 'c0', 4, 8)).toBe(1);
    expect(chunk(abi.CHUNK_USED)).toBe(2);
    expect(chunk(abi.CHUNK_NEEDED)).toBe(1);
    expect(decode(PING + '3005000161', 4, 8)).toBe(1);
    expect(chunk(abi.CHUNK_NEEDED)).toBe(2);
    expect(decode('', 4, 8)).toBe(0);
    expect(chunk(abi.CHUNK_NEEDED)).toBe(2);
  });

  it('stops when the table is full, and needs nothing then', () => {
    expect(decode(PING + PING + PING, 4, 2)).toBe(2);
    expect(chunk(abi.CHUNK_USED)).toBe(4);
    expect(chunk(abi.CHUNK_NEEDED)).toBe(0);
    expect(chunk(abi.CHUNK_RESULT)).toBe(0);
    expect(decode(PING, 4, 0)).toBe(0);
    expect(chunk(abi.CHUNK_USED)).toBe(0);
  });

  it('stops at a malformed packet: result, type and the offset in that packet', () => {
    expect(decode(PING + PUBLISH + '30040002612b' + PING, 4, 8)).toBe(2);
    expect(chunk(abi.CHUNK_USED)).toBe(9);
    expect(<i32>chunk(abi.CHUNK_RESULT)).toBe(abi.RESULT_TOPIC_WILDCARD);
    expect(chunk(abi.CHUNK_ERROR_OFFSET)).toBe(5);
    expect(chunk(abi.CHUNK_TYPE)).toBe(abi.PACKET_TYPE_PUBLISH);
    expect(chunk(abi.CHUNK_NEEDED)).toBe(0);
    expect(decode(PING + '30c801', 4, 8, 202)).toBe(1);
    expect(<i32>chunk(abi.CHUNK_RESULT)).toBe(abi.RESULT_PACKET_TOO_LARGE);
    expect(chunk(abi.CHUNK_ERROR_OFFSET)).toBe(1);
  });

  it('reads what follows a CONNECT in the version of the CONNECT', () => {
    expect(decode(CONNECT_5 + 'e00104', 4, 8)).toBe(2);
    expect(chunk(abi.CHUNK_PROTOCOL_VERSION)).toBe(5);
    expect(packet(1, abi.PACKET_REASON_CODE)).toBe(4);
    expect(packet(1, abi.PACKET_PROTOCOL_VERSION)).toBe(5);
    expect(decode('e00104', 4, 8)).toBe(0);
    expect(<i32>chunk(abi.CHUNK_RESULT)).toBe(abi.RESULT_TRAILING_BYTES);
  });

  it('under DecodeOption.STRICT every packet has a minimal Remaining Length, also after a CONNECT', () => {
    const CONNECT_4 = '100c' + '00044d51545404' + '02003c0000';
    expect(decode(CONNECT_4 + 'c08000', 4, 8)).toBe(2);
    expect(decode(CONNECT_4 + 'c08000', 4 | abi.DECODE_OPTION_STRICT, 8)).toBe(1);
    expect(<i32>chunk(abi.CHUNK_RESULT)).toBe(abi.RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
    expect(chunk(abi.CHUNK_ERROR_OFFSET)).toBe(1);
    expect(chunk(abi.CHUNK_PROTOCOL_VERSION)).toBe(4);
    expect(packet(0, abi.PACKET_PROTOCOL_VERSION)).toBe(4);
    expect(decode('', 5 | abi.DECODE_OPTION_STRICT, 8)).toBe(0);
    expect(chunk(abi.CHUNK_PROTOCOL_VERSION)).toBe(5);
  });

  it('a PUBLISH that is not complete is never used, also with DecodeOption.HEADER', () => {
    expect(decode(PING + '30e807000161', 4 | abi.DECODE_OPTION_HEADER, 8)).toBe(1);
    expect(chunk(abi.CHUNK_USED)).toBe(2);
    expect(chunk(abi.CHUNK_NEEDED)).toBe(997);
  });

  it('writes at the most the rest of one whole record behind the summaries', () => {
    decode(CONNECT_5 + CONNECT_5, 4, 2);
    const end = TABLE + 2 * abi.PACKET_SUMMARY_SIZE + (abi.PACKET_SIZE - abi.PACKET_SUMMARY_SIZE);
    for (let at = end; at < TABLE + 2048; at++) expect(load<u8>(at)).toBe(0xee);
    for (let at = CHUNK + abi.CHUNK_SIZE; at < CHUNK + 64; at++) expect(load<u8>(at)).toBe(0xee);
  });
});
