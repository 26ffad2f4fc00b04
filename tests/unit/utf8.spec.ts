import { utf8_check } from '../../assembly/memory';
import { Result } from '../../build/abi/assembly';
import { INPUT, OFFSET, put, repeat } from './bytes';

function check(hex: string): i32 {
  const length = put(hex);
  return utf8_check(INPUT, length, OFFSET);
}

/**
 * The bytes are refused at their first one, wherever they stand: after 0 to 19 ASCII bytes, so that every place in a
 * word and every number of words before it occurs, with nothing, a little or several words behind.
 */
function refusedEverywhere(hex: string, code: i32): void {
  for (let before = 0; before < 20; before++) {
    for (let after = 0; after < 20; after += 3) {
      expect(check(repeat('61', before) + hex + repeat('62', after))).toBe(code, hex);
      expect(load<u32>(OFFSET)).toBe(before, hex);
    }
  }
}

/** Cut off by the end of the text: nothing may stand behind. */
function truncatedEverywhere(hex: string): void {
  for (let before = 0; before < 20; before++) {
    expect(check(repeat('61', before) + hex)).toBe(Result.UTF8_INVALID, hex);
    expect(load<u32>(OFFSET)).toBe(before, hex);
  }
}

function acceptedEverywhere(hex: string): void {
  for (let before = 0; before < 20; before++) {
    for (let after = 0; after < 20; after += 3) {
      expect(check(repeat('61', before) + hex + repeat('62', after))).toBe(0, hex);
    }
  }
}

/** Bytes of the character that begins at `at`, found by decoding and encoding it again; 0 for none. */
function characterSize(at: usize, end: usize): i32 {
  const lead: u32 = load<u8>(at);
  const size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  if (size == 0 || at + size > end) return 0;
  let point: u32 = size == 1 ? lead : lead & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const next: u32 = load<u8>(at + i);
    if (next >> 6 != 2) return 0;
    point = (point << 6) | (next & 63);
  }
  const shortest = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  if (size != shortest || point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return 0;
  return size;
}

/** The offset of the first byte that breaks the rule, or -1. */
function expectedOffset(length: u32): i32 {
  let at: usize = INPUT;
  while (at < INPUT + length) {
    const size = characterSize(at, INPUT + length);
    if (size == 0) return <i32>(at - INPUT);
    at += size;
  }
  return -1;
}

function compare(length: u32): bool {
  store<u32>(OFFSET, 0xffffffff);
  const result = utf8_check(INPUT, length, OFFSET);
  const offset = expectedOffset(length);
  if (offset < 0) return result == 0 && load<u32>(OFFSET) == 0xffffffff;
  const code = load<u8>(INPUT + offset) == 0 ? Result.UTF8_NUL : Result.UTF8_INVALID;
  return result == code && load<u32>(OFFSET) == <u32>offset;
}

describe('utf8_check (MQTT 1.5.4, RFC 3629)', () => {
  it('accepts text of every length, and leaves the error offset alone', () => {
    for (let length = 0; length < 40; length++) expect(check(repeat('7f', length))).toBe(0);
    expect(load<u32>(OFFSET)).toBe(0xffffffff);
  });

  it('accepts the first and the last character of each size, and those around the surrogates', () => {
    acceptedEverywhere('01');
    acceptedEverywhere('7f');
    acceptedEverywhere('c280');
    acceptedEverywhere('dfbf');
    acceptedEverywhere('e0a080');
    acceptedEverywhere('ed9fbf');
    acceptedEverywhere('ee8080');
    acceptedEverywhere('efbfbf');
    acceptedEverywhere('f0908080');
    acceptedEverywhere('f48fbfbf');
  });

  it('keeps U+FEFF (MQTT-1.5.4-3)', () => {
    acceptedEverywhere('efbbbf');
  });

  it('refuses U+0000 (MQTT-1.5.4-2)', () => {
    refusedEverywhere('00', Result.UTF8_NUL);
  });

  it('refuses overlong forms', () => {
    refusedEverywhere('c080', Result.UTF8_INVALID);
    refusedEverywhere('c1bf', Result.UTF8_INVALID);
    refusedEverywhere('e08080', Result.UTF8_INVALID);
    refusedEverywhere('e09fbf', Result.UTF8_INVALID);
    refusedEverywhere('f0808080', Result.UTF8_INVALID);
    refusedEverywhere('f08fbfbf', Result.UTF8_INVALID);
  });

  it('refuses surrogates, alone and in pairs (MQTT-1.5.4-1)', () => {
    refusedEverywhere('eda080', Result.UTF8_INVALID);
    refusedEverywhere('edafbf', Result.UTF8_INVALID);
    refusedEverywhere('edb080', Result.UTF8_INVALID);
    refusedEverywhere('edbfbf', Result.UTF8_INVALID);
    refusedEverywhere('eda0bdedb880', Result.UTF8_INVALID);
  });

  it('refuses what lies above U+10FFFF, and bytes that no character has', () => {
    refusedEverywhere('f4908080', Result.UTF8_INVALID);
    refusedEverywhere('f5808080', Result.UTF8_INVALID);
    refusedEverywhere('f888808080', Result.UTF8_INVALID);
    refusedEverywhere('fe', Result.UTF8_INVALID);
    refusedEverywhere('ff', Result.UTF8_INVALID);
  });

  it('refuses continuation bytes alone, and characters that are broken by others', () => {
    refusedEverywhere('80', Result.UTF8_INVALID);
    refusedEverywhere('bf', Result.UTF8_INVALID);
    refusedEverywhere('c3', Result.UTF8_INVALID);
    refusedEverywhere('e282', Result.UTF8_INVALID);
    refusedEverywhere('e2c282', Result.UTF8_INVALID);
    refusedEverywhere('f09f98', Result.UTF8_INVALID);
    refusedEverywhere('f09fc2', Result.UTF8_INVALID);
  });

  it('refuses characters that the end cuts off', () => {
    truncatedEverywhere('c3');
    truncatedEverywhere('e2');
    truncatedEverywhere('e282');
    truncatedEverywhere('f0');
    truncatedEverywhere('f09f');
    truncatedEverywhere('f09f98');
  });

  it('gives the first of two faults, and does without an address for it', () => {
    expect(check('61626364 c3a9 ff 6162 00')).toBe(Result.UTF8_INVALID);
    expect(load<u32>(OFFSET)).toBe(6);
    expect(check('61626364 c3a9 00 6162 ff')).toBe(Result.UTF8_NUL);
    expect(load<u32>(OFFSET)).toBe(6);
    put('ff');
    expect(utf8_check(INPUT, 1, 0)).toBe(Result.UTF8_INVALID);
  });

  it('agrees with decoding and encoding again, for all texts of two bytes', () => {
    put('');
    let differences = 0;
    for (let value = 0; value < 0x10000; value++) {
      store<u16>(INPUT, <u16>value);
      if (!compare(2)) differences++;
    }
    expect(differences).toBe(0);
  });

  it('agrees with it for all texts of three bytes whose last is one of eight', () => {
    const last: u64 = 0x7fbf_80c2_c3e0_edf0;
    let differences = 0;
    for (let value = 0; value < 0x10000; value++) {
      store<u16>(INPUT, <u16>value);
      for (let i = 0; i < 8; i++) {
        store<u8>(INPUT + 2, <u8>(last >> (i << 3)));
        if (!compare(3)) differences++;
      }
    }
    expect(differences).toBe(0);
  });

  it('agrees with it for four bytes from the edges of every range', () => {
    const edges: u8[] = [
      0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
      0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
    ];
    let differences = 0;
    for (let a = 0; a < edges.length; a++) {
      for (let b = 0; b < edges.length; b++) {
        for (let c = 0; c < edges.length; c++) {
          for (let d = 0; d < edges.length; d++) {
            store<u32>(
              INPUT,
              <u32>edges[a] | ((<u32>edges[b]) << 8) | ((<u32>edges[c]) << 16) | ((<u32>edges[d]) << 24),
            );
            if (!compare(4)) differences++;
          }
        }
      }
    }
    expect(differences).toBe(0);
  });
});
