import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { type CoreExports, Result } from '../../../../build/abi/core.js';
import { Random } from '../session/seeded-random.js';
import { BareCore } from '../support/bare-core.js';

/** A text in the memory of a build, and what utf8_check says of it. */
class Text {
  readonly core: CoreExports;
  readonly memory: Buffer;
  readonly start: number;

  constructor(name: 'core.wasm' | 'core.simd.wasm') {
    this.core = new BareCore(name).exports;
    this.memory = Buffer.from(this.core.memory.buffer);
    this.start = this.core.heap_base() + 64;
  }

  /** The result, and where the text is refused. */
  check(length: number): [result: number, offset: number] {
    const offset = this.core.heap_base();
    this.memory.writeInt32LE(-1, offset);
    return [this.core.utf8_check(this.start, length, offset), this.memory.readInt32LE(offset)];
  }
}

const simd = new Text('core.simd.wasm');
const plain = new Text('core.wasm');

/** Bytes at the edges of every range of a byte of UTF-8. */
const EDGES = [
  0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
  0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

/** Without U+0000, which isUtf8 accepts. */
const BYTES = Array.from({ length: 255 }, (_, n) => n + 1);
const SOME = EDGES.slice(1);

/** Counts the sequences, one byte of each list, for which the SIMD build and isUtf8 do not say the same at this place of a text of 20 bytes. */
function differences(place: number, ...lists: readonly number[][]): number {
  const { core, memory, start } = simd;
  const text = memory.subarray(start, start + 20).fill(0x61);
  let count = 0;
  const put = (index: number) => {
    for (const byte of lists[index]) {
      text[place + index] = byte;
      if (index + 1 < lists.length) put(index + 1);
      else if ((core.utf8_check(start, 20, 0) === 0) !== isUtf8(text)) count++;
    }
  };
  put(0);
  return count;
}

describe('utf8_check of core.simd.wasm says what isUtf8 does (MQTT 1.5.4)', () => {
  // The last vector of 20 bytes begins at the fourth.
  it.each([2, 3, 18])('of all sequences of two bytes, at place %i', (place) => {
    expect(differences(place, BYTES, BYTES)).toBe(0);
  });

  it.each([2, 3, 17])('of all sequences of three bytes whose last is at the edge of a range, at place %i', (place) => {
    expect(differences(place, BYTES.slice(0xbf), BYTES, SOME)).toBe(0);
  });

  it.each([1, 8, 16])('of four bytes from the edges of every range, at place %i', (place) => {
    expect(differences(place, SOME, SOME, SOME, SOME)).toBe(0);
  });
});

describe('core.simd.wasm and core.wasm', () => {
  const characters = [...'az\u007fé\u0080\u07ff\u0800€中\ud7ff\ue000\uffff', '\u{10000}', '😀', '\u{10ffff}'];
  const random = new Random(1804);
  const pick = <T>(items: readonly T[]) => items[random.integer(0, items.length - 1)];

  /** Characters, of which some bytes may be replaced and the ends may be cut off. */
  function someText(): Buffer {
    const text = Buffer.from(Array.from({ length: random.integer(0, 40) }, () => pick(characters)).join(''));
    for (let n = random.integer(0, 2); n > 0 && text.length > 0; n--)
      text[random.integer(0, text.length - 1)] = pick(EDGES);
    return text.subarray(random.chance(0.2) ? 1 : 0, random.chance(0.3) ? -random.integer(1, 3) : undefined);
  }

  it('say the same of 10,000 texts, with the place of the fault, whatever bytes are beside them', () => {
    const accepted = new Set<number>();
    for (let n = 0; n < 10_000; n++) {
      const text = someText();
      const beside = pick(EDGES);
      for (const { memory, start } of [simd, plain]) {
        memory.fill(beside, start - 32, start + 200);
        text.copy(memory, start);
      }
      const [result, offset] = simd.check(text.length);
      const expected = plain.check(text.length);
      if (result !== expected[0] || offset !== expected[1]) expect([text, result, offset]).toEqual([text, ...expected]);
      if (result === 0) accepted.add(text.length);
    }
    expect(accepted.size).toBeGreaterThan(60);
  });

  it('find the fault that stands behind 64 KB of good text, and one in its first bytes', () => {
    const text = Buffer.from('中'.repeat(21_000));
    for (const at of [0, 31_500, text.length - 1]) {
      for (const { memory, core, start } of [simd, plain]) {
        if (core.memory.buffer.byteLength < 200_000) core.memory.grow(3);
        const grown = memory.length === core.memory.buffer.byteLength ? memory : Buffer.from(core.memory.buffer);
        text.copy(grown, start);
        grown[start + at] = 0xff;
        expect(core.utf8_check(start, text.length, 0)).toBe(Result.UTF8_INVALID);
        grown[start + at] = text[at];
        expect(core.utf8_check(start, text.length, 0)).toBe(0);
      }
    }
  });

  it('check a text at the lowest addresses, before which nothing can be read', () => {
    for (const { core } of [simd, plain]) {
      // Constants of the core lie there; whatever they are, no build may trap or differ.
      for (let start = 0; start < 20; start++) expect(() => core.utf8_check(start, 8, 0)).not.toThrow();
    }
  });
});
