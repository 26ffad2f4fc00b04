/** UTF-16, little endian, of characters of three bytes at `p`, four of them; or nothing, and false, when there are others. */
function fourOfThree(p: i32, to: i32): bool {
  const bytes = v128.load(p);
  const kinds = v128.and(bytes, v128(-16, -64, -64, -16, -64, -64, -16, -64, -64, -16, -64, -64, 0, 0, 0, 0));
  const wanted = v128(-32, -128, -128, -32, -128, -128, -32, -128, -128, -32, -128, -128, 0, 0, 0, 0);
  if (v128.any_true(v128.xor(kinds, wanted))) return false;
  // The last two bytes of each character, as a number: twelve bits lie in it, six apart from six. The first byte has the top four.
  const last = i8x16.shuffle(bytes, bytes, 2, 1, 5, 4, 8, 7, 11, 10, 2, 1, 5, 4, 8, 7, 11, 10);
  const first = i8x16.shuffle(bytes, bytes, 0, 0, 3, 3, 6, 6, 9, 9, 0, 0, 3, 3, 6, 6, 9, 9);
  const low = v128.and(last, i16x8.splat(0x3f));
  const middle = v128.and(i16x8.shr_u(last, 2), i16x8.splat(0xfc0));
  v128.store64_lane(to, v128.or(i16x8.shl(first, 12), v128.or(middle, low)), 0);
  return true;
}

/** The same for eight characters of two bytes. */
function eightOfTwo(p: i32, to: i32): bool {
  const bytes = v128.load(p);
  // The first byte of a character is the lower one of its lane.
  if (v128.any_true(v128.xor(v128.and(bytes, i16x8.splat(<i16>0xc0e0)), i16x8.splat(<i16>0x80c0)))) return false;
  const high = i16x8.shl(v128.and(bytes, i16x8.splat(0x1f)), 6);
  v128.store(to, v128.or(high, v128.and(i16x8.shr_u(bytes, 8), i16x8.splat(0x3f))));
  return true;
}

/** Eight characters of ASCII at once. */
function eightOfOne(p: i32, to: i32): bool {
  const bytes = load<u64>(p);
  if ((bytes & 0x8080808080808080) != 0) return false;
  v128.store(to, i16x8.extend_low_i8x16_u(i64x2.splat(bytes)));
  return true;
}

/** The low six bits of a byte after the first one of a character. */
function bitsOf(p: i32): i32 {
  return <i32>load<u8>(p) & 0x3f;
}

/** ABI: see assembly/abi/memory.json. */
export function utf8_to_utf16(input: usize, length: u32, output: usize): i32 {
  const end = <i32>(input + length);
  let p = <i32>input;
  let to = <i32>output;
  while (end - p > 0) {
    const lead = <i32>load<u8>(p);
    const hasVector = end - p >= 16;
    if (lead < 0x80) {
      if (hasVector && eightOfOne(p, to)) {
        p += 8;
        to += 16;
        continue;
      }
      store<u16>(to, lead);
      p++;
    } else if (lead < 0xe0) {
      if (hasVector && eightOfTwo(p, to)) {
        p += 16;
        to += 16;
        continue;
      }
      store<u16>(to, ((lead & 0x1f) << 6) | bitsOf(p + 1));
      p += 2;
    } else if (lead < 0xf0) {
      if (hasVector && fourOfThree(p, to)) {
        p += 12;
        to += 8;
        continue;
      }
      store<u16>(to, ((lead & 0x0f) << 12) | (bitsOf(p + 1) << 6) | bitsOf(p + 2));
      p += 3;
    } else {
      // Two surrogates (RFC 2781 2.1): the number less 0x10000 has ten bits in each. 0xd7c0 takes that off.
      const upper = ((lead & 0x07) << 8) | (bitsOf(p + 1) << 2) | (bitsOf(p + 2) >> 4);
      store<u16>(to, 0xd7c0 + upper);
      store<u16>(to, 0xdc00 | ((bitsOf(p + 2) & 0x0f) << 6) | bitsOf(p + 3), 2);
      p += 4;
      to += 2;
    }
    to += 2;
  }
  return to - <i32>output;
}
