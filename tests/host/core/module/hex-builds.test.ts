import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CoreExports, Result } from '../../../../build/abi/core.js';
import { compile } from '../support/bare-core.js';

/** Where the tests write: after the core's own data. */
const AT = 16_384;
const OFFSET = 8192;

describe.each(['core.wasm', 'core.simd.wasm'] as const)('hex of %s (RFC 4648 8)', (build) => {
  const core = compile(build).instantiate() as unknown as CoreExports;
  const memory = Buffer.from(core.memory.buffer);

  it('encodes in place and elsewhere, at every length up to 200', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = randomBytes(length);
      for (const output of [AT, AT + 512]) {
        memory.fill(0xee, AT, AT + 2048);
        memory.set(bytes, AT);
        expect(core.hex_encode(AT, length, output, length * 2)).toBe(length * 2);
        expect(memory.toString('latin1', output, output + length * 2)).toBe(bytes.toString('hex'));
        expect(memory[output + length * 2]).toBe(0xee);
        expect(memory[AT - 1]).not.toBe(0xee);
      }
    }
  });

  it('decodes in place, digits of both cases mixed, at every length up to 200', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = randomBytes(length);
      const text = Array.from(bytes.toString('hex'), (digit, at) => (at % 3 === 0 ? digit : digit.toUpperCase()));
      memory.write(text.join(''), AT, 'latin1');
      expect(core.hex_decode(AT, length * 2, AT, length, OFFSET)).toBe(length);
      expect(memory.subarray(AT, AT + length).equals(bytes)).toBe(true);
    }
  });

  it('tells the 234 octets that are not digits from the 22 that are, at each place of 32', () => {
    for (let value = 0; value < 256; value++) {
      const isDigit = /[0-9a-fA-F]/.test(String.fromCharCode(value));
      for (let at = 0; at < 32; at++) {
        memory.fill(0x61, AT, AT + 32);
        memory[AT + at] = value;
        expect(core.hex_decode(AT, 32, AT + 64, 16, OFFSET)).toBe(isDigit ? 16 : Result.HEX_BAD_DIGIT);
        if (!isDigit) expect(memory.readUInt32LE(OFFSET)).toBe(at);
      }
    }
  });

  it('reports the first of two bad digits in any block', () => {
    for (let first = 0; first < 130; first++) {
      memory.fill(0x41, AT, AT + 200);
      memory[AT + first] = 0x67;
      memory[AT + first + 40] = 0x20;
      expect(core.hex_decode(AT, 200, AT, 100, OFFSET)).toBe(Result.HEX_BAD_DIGIT);
      expect(memory.readUInt32LE(OFFSET)).toBe(first);
    }
  });
});
