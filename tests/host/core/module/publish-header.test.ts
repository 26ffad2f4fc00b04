import { describe, expect, it } from 'vitest';
import { PacketType, Result } from '../../../../build/abi/core.js';
import { BareCore } from '../support/bare-core.js';
import { bytesOf, malformed, title, type Vector, valid } from '../support/mqtt-vectors.js';

const isPublish = (vector: Vector) => bytesOf(vector)[0] >> 4 === PacketType.PUBLISH;

describe.each(['core.wasm', 'core.simd.wasm'] as const)('build/%s: a PUBLISH by its header', (name) => {
  const core = new BareCore(name);

  it.each(valid.filter(isPublish).map((vector) => [title(vector), vector] as const))('%s', (_, vector) => {
    const { length } = bytesOf(vector);
    const whole = core.decodeHeader(vector, length);
    expect(whole).toMatchObject({ result: length, record: { length, needed: 0 } });
    const header = length - whole.record.payloadLength;
    for (let here = 0; here < length; here++) {
      const { result, record } = core.decodeHeader(vector, here);
      const at = `${here} bytes`;
      if (here < header) {
        expect(result, at).toBe(0);
        expect(record.needed, at).toBeGreaterThan(0);
        expect(record.needed, at).toBeLessThanOrEqual(header - here);
      } else {
        const piece = { payloadLength: here - header, needed: length - here };
        expect({ result, record }, at).toEqual({ result: here, record: { ...whole.record, ...piece } });
      }
    }
  });

  it.each(malformed.filter(isPublish).map((vector) => [title(vector), vector] as const))('%s', (_, vector) => {
    const { length } = bytesOf(vector);
    let refused = 0;
    for (let here = 0; here <= length; here++) {
      const { result, record } = core.decodeHeader(vector, here);
      if (result === 0) {
        expect(refused, `${here} bytes`).toBe(0);
        continue;
      }
      const code = Result[vector.error as keyof typeof Result];
      expect({ result, at: record.errorOffset }, `${here} bytes`).toEqual({ result: code, at: vector.errorOffset });
      refused++;
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('of 256 MB needs no more than its header', () => {
    const vector = { name: 'large', protocolVersion: 5, bytes: '32ffffff7f0001610007020101' } as const;
    const { result, record } = core.decodeHeader(vector, 13);
    expect(result).toBe(13);
    expect(record).toMatchObject({ packetId: 7, propertiesLength: 2, payloadLength: 0, needed: 268_435_460 - 13 });
    expect(core.exports.memory.buffer.byteLength).toBe(65_536);
  });

  it('other packets are decoded as without the option, at every length', () => {
    for (const vector of [...valid, ...malformed].filter((vector) => !isPublish(vector))) {
      const { length } = bytesOf(vector);
      for (let here = 0; here <= length; here++) {
        const { result, record } = core.decodeHeader(vector, here);
        const plain = core.decode({ ...vector, bytes: vector.bytes.slice(0, here * 2) });
        expect({ result, needed: record.needed, errorOffset: record.errorOffset }, title(vector)).toEqual(plain);
      }
    }
  });
});
