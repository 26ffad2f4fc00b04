import { describe, expect, it } from 'vitest';
import { describeResult, MqttError, PacketDecoder, Result } from '../../../host/core/index.js';

/** The error for these bytes of a stream. */
function refusal(hex: string): MqttError {
  try {
    new PacketDecoder({ protocolVersion: 5 }).push(Buffer.from(hex, 'hex'));
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
