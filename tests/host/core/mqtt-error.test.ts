import { describe, expect, it } from 'vitest';
import { describeResult, MqttError, PacketDecoder, Result, refusalWords } from '../../../host/core/index.js';

/** The error for these bytes of a stream. */
function refusal(hex: string, protocolVersion: 3 | 4 | 5 = 5): MqttError {
  try {
    new PacketDecoder({ protocolVersion }).push(Buffer.from(hex, 'hex'));
  } catch (error) {
    if (error instanceof MqttError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('an MqttError', () => {
  it('says which packet is malformed and at which of its bytes', () => {
    expect(refusal('d100')).toMatchObject({ name: 'MqttError', codeName: 'FLAGS_RESERVED', byteOffset: 0 });
    expect(refusal('d100').message).toContain('malformed pingresp, byte 0: ');
    expect(refusal('0000').message).toContain('malformed packet, byte 0: ');
    expect(refusal('d00100').message).toContain('malformed pingresp, byte 2: ');
  });

  it('says that a packet cannot be encoded when it has no byte to name', () => {
    expect(new MqttError(Result.TOPIC_WILDCARD, -1, 'publish').message).toContain('cannot encode publish: ');
    expect(new MqttError(Result.TOPIC_WILDCARD, -1).message).toContain('cannot encode packet: ');
    expect(new MqttError(Result.TOPIC_WILDCARD, -1).packets).toEqual([]);
  });

  it('of an unknown code shows the number', () => {
    expect(new MqttError(-9999, 3)).toMatchObject({
      message: 'malformed packet, byte 3: result code -9999',
      ...{ code: -9999, codeName: 'UNKNOWN', statement: '', reasonCode: 0x80 },
    });
    expect(describeResult(-9999)).toBe('result code -9999');
  });
});

/** Version, bytes, the code that came, and what the error says of it. */
const codes: [4 | 5, string, number, string][] = [
  [4, '20020087', 0x87, 'notAuthorized (0x87 of MQTT 5)'],
  [4, '20020205', 5, 'not authorized (5)'],
  [4, '20020006', 6, 'unknown return code (6)'],
  [4, '20020080', 0x80, 'unspecifiedError (0x80 of MQTT 5)'],
  [5, '20020001', 1, 'unacceptable protocol version (1 of MQTT 3.1.1)'],
  [5, '20020087', 0x87, 'notAuthorized (0x87)'],
  [5, '2003018700', 0x87, 'notAuthorized (0x87)'],
  [5, '20050087020101', 0x87, 'notAuthorized (0x87)'],
  [5, '2003000600', 6, 'unknown reason code (0x06)'],
  [5, '200300ff00', 0xff, 'unknown reason code (0xff)'],
  [5, '4003000182', 0x82, 'protocolError (0x82)'],
  [5, '4003000101', 1, '0x01'],
  [5, '4006000197020101', 0x97, 'quotaExceeded (0x97)'],
  [5, '5003000101', 1, '0x01'],
  [5, '6203000180', 0x80, 'unspecifiedError (0x80)'],
  [5, '6203000187', 0x87, 'notAuthorized (0x87)'],
  [5, '7003000187', 0x87, 'notAuthorized (0x87)'],
  [4, '90050001018782', 0x87, 'notAuthorized (0x87 of MQTT 5)'],
  [5, '9004000100ff', 0xff, 'unknown reason code (0xff)'],
  [5, 'b006000100110182', 1, '0x01'],
  [5, 'e0048e027f00', 0x8e, 'sessionTakenOver (0x8e)'],
  [5, 'e00105', 5, '0x05'],
  [5, 'f00187', 0x87, 'notAuthorized (0x87)'],
];

describe('an MqttError about a packet that carries a code', () => {
  it.each(codes)('of version %i, %s, tells the number that came and what it means', (version, hex, code, name) => {
    const error = refusal(hex, version);
    expect(error.receivedCode).toBe(code);
    expect(error.message.endsWith(`; its code is ${name}`)).toBe(true);
    expect(error.packetType).toBe(error.message.split(/[ ,]/)[1]);
  });

  it.each([
    [4, '200102', 'no code has come'],
    [4, '20020200', 'the code is 0'],
    [5, '30020001', 'a PUBLISH has none'],
  ] as const)('of version %i, %s, tells none: %s', (version, hex, _why) => {
    const error = refusal(hex, version);
    expect(error.receivedCode).toBeUndefined();
    expect(error.message).not.toContain('its code');
  });

  it('tells it behind packets of the same chunk, and when the packet came in pieces', () => {
    expect(refusal('c000c00020020087', 4)).toMatchObject({ receivedCode: 0x87, packets: [{}, {}] });
    const decoder = new PacketDecoder({ protocolVersion: 4 });
    for (const byte of [0x20, 2, 0]) decoder.push(Uint8Array.of(byte));
    expect(() => decoder.push(Uint8Array.of(0x87))).toThrow('notAuthorized (0x87 of MQTT 5)');
  });
});

describe('refusalWords', () => {
  it('names a code as people write it', () => {
    const words = [5, 0x87, 0x86, 0x9b].map((code) => refusalWords(5, code));
    expect(words.slice(1)).toEqual([
      'not authorized (0x87)',
      'bad user name or password (0x86)',
      'qos not supported (0x9b)',
    ]);
    expect([words[0], refusalWords(4, 5)]).toEqual(['not authorized (5 of MQTT 3.1.1)', 'not authorized (5)']);
  });
});
