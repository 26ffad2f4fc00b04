import { describe, expect, it } from 'vitest';
import { Result } from '../../../../build/abi/core.js';
import { BareCore } from '../support/bare-core.js';

describe.each(['core.wasm', 'core.simd.wasm'] as const)('%s: a byte that is not plain ASCII', (name) => {
  const core = new BareCore(name).exports;
  const base = core.heap_base() + 64;
  const memory = new Uint8Array(core.memory.buffer);
  const check = (length: number) => core.utf8_check(base, length, core.heap_base());
  const offset = () => new DataView(core.memory.buffer).getUint32(core.heap_base(), true);

  it('is found at every place of texts of 1 to 70 bytes', () => {
    for (let length = 1; length <= 70; length++) {
      for (let at = 0; at < length; at++) {
        memory.fill(0x61, base, base + length);
        memory[base + at] = 0;
        expect([check(length), offset()]).toEqual([Result.UTF8_NUL, at]);
        for (const byte of [0x80, 0xc1, 0xff]) {
          memory[base + at] = byte;
          expect([check(length), offset()]).toEqual([Result.UTF8_INVALID, at]);
        }
      }
    }
  });

  it('beside the text is not looked at', () => {
    for (let length = 0; length <= 70; length++) {
      memory.fill(0xff, base - 32, base + 128);
      memory.fill(0x61, base, base + length);
      expect(check(length)).toBe(0);
      expect(core.mqtt_topic_name_check(base, length)).toBe(length === 0 ? Result.TOPIC_EMPTY : 0);
    }
  });

  it('or a wildcard at every place of a Topic Name of 1 to 70 bytes is found (MQTT-3.3.2-2)', () => {
    for (let length = 1; length <= 70; length++) {
      for (let at = 0; at < length; at++) {
        for (const wildcard of [0x23, 0x2b]) {
          memory.fill(0x61, base, base + length);
          memory[base + at] = wildcard;
          expect(core.mqtt_topic_name_check(base, length)).toBe(Result.TOPIC_WILDCARD);
        }
        memory[base + at] = 0x22;
        expect(core.mqtt_topic_name_check(base, length)).toBe(0);
      }
    }
  });

  it('in every pair of neighbours gets the verdict of TextDecoder', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        memory.fill(0x61, base, base + 11);
        memory[base + 4] = first;
        memory[base + 5] = second;
        let expected = true;
        try {
          decoder.decode(memory.slice(base, base + 11));
        } catch {
          expected = false;
        }
        expect(check(11) === 0).toBe(expected && first !== 0 && second !== 0);
      }
    }
  });
});
