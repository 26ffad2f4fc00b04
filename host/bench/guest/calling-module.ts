// A module that does nothing but call one import: what a call costs is what one turn of its loop takes.

const I32 = 0x7f;
const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
const name = (text: string) => [text.length, ...Buffer.from(text)];

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  if (value >= -0x40 && value < 0x40) return [value & 0x7f];
  return [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

/**
 * The bytes of a module that imports `env.call`, with as many parameters as there are words, each an i32, and one i32 as its
 * result. It exports its `memory` of one page, and `run(count)`, which makes the call so many times and returns the last result.
 *
 * @param words the arguments of the call
 */
export function callingModule(words: readonly number[]): Uint8Array<ArrayBuffer> {
  const types = [2, 0x60, words.length, ...words.map(() => I32), 1, I32, 0x60, 1, I32, 1, I32];
  const call = [...words.flatMap((word) => [0x41, ...signed(word)]), 0x10, 0, 0x21, 1];
  // loop { status = call(); count = count - 1; if (count) continue }, then status
  const again = [0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0];
  const body = [1, 1, I32, 0x03, 0x40, ...call, ...again, 0x0b, 0x20, 1, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [1, ...name('env'), ...name('call'), 0, 0]),
    ...section(3, [1, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('run'), 0, 1]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}
