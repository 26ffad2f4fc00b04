import { describe, expect, it } from 'vitest';
import { Random } from '../session/seeded-random.js';
import { BareCore } from '../support/bare-core.js';

const core = new BareCore('core.simd.wasm').exports;
const memory = Buffer.from(core.memory.buffer);
const INPUT = 8192;
const OUTPUT = 16_384;

/** What utf8_to_utf16 makes of a text. It may write up to twice the length, and nothing behind. */
function converted(text: string): string {
  const length = memory.write(text, INPUT);
  memory.fill(0xee, OUTPUT - 1, OUTPUT + 2 * length + 1);
  const size = core.utf8_to_utf16?.(INPUT, length, OUTPUT) ?? -1;
  expect(size).toBeLessThanOrEqual(2 * length);
  expect([memory[OUTPUT - 1], memory[OUTPUT + 2 * length]]).toEqual([0xee, 0xee]);
  return memory.toString('utf16le', OUTPUT, OUTPUT + size);
}

describe('utf8_to_utf16', () => {
  it('converts every character, in runs of 16 and alone among others', () => {
    for (let first = 0; first <= 0x10ffff; first += 16) {
      if (first >= 0xd800 && first < 0xe000) continue;
      const run = String.fromCodePoint(...Array.from({ length: 16 }, (_, n) => first + n));
      const length = memory.write(run, INPUT);
      const size = core.utf8_to_utf16?.(INPUT, length, OUTPUT) ?? -1;
      if (memory.toString('utf16le', OUTPUT, OUTPUT + size) !== run) expect(converted(run)).toBe(run);
    }
    for (const character of ['a', 'é', '\u07ff', '\u0800', '中', '\uffff', '\u{10000}', '\u{10ffff}'])
      for (const other of ['a', 'ß', '文', '😀']) {
        const text = (other.repeat(9) + character).repeat(3) + other;
        expect(converted(text)).toBe(text);
      }
  });

  it('converts 2,000 texts of runs of all sizes', () => {
    const random = new Random(1805);
    const characters = [...'azé߀中文\ud7ff\ue000\u07ff\u0800', '😀', '\u{10ffff}'];
    for (let n = 0; n < 2000; n++) {
      const parts = Array.from({ length: random.integer(0, 8) }, () =>
        characters[random.integer(0, characters.length - 1)].repeat(random.integer(1, 20)),
      );
      expect(converted(parts.join(''))).toBe(parts.join(''));
    }
  });

  it('reads nothing behind a text that ends where memory does', () => {
    for (const character of ['a', 'é', '中', '😀'])
      for (let count = 1; count < 20; count++) {
        const text = Buffer.from(character.repeat(count));
        const start = memory.length - text.length;
        text.copy(memory, start);
        const size = core.utf8_to_utf16?.(start, text.length, OUTPUT) ?? -1;
        expect(memory.toString('utf16le', OUTPUT, OUTPUT + size)).toBe(text.toString());
      }
  });

  it('is not in core.wasm, which firmware runs', () => {
    expect(new BareCore('core.wasm').exports.utf8_to_utf16).toBeUndefined();
  });
});
