/** The grammar of RFC 3629 4: each row is a UTF8-2, UTF8-3 or UTF8-4, with the ranges of its octets in order. */
const ROWS: readonly (readonly [number, number])[][] = [
  [[0xc2, 0xdf], [0x80, 0xbf]],
  [[0xe0, 0xe0], [0xa0, 0xbf], [0x80, 0xbf]],
  [[0xe1, 0xec], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xed, 0xed], [0x80, 0x9f], [0x80, 0xbf]],
  [[0xee, 0xef], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xf0, 0xf0], [0x90, 0xbf], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xf1, 0xf3], [0x80, 0xbf], [0x80, 0xbf], [0x80, 0xbf]],
  [[0xf4, 0xf4], [0x80, 0x8f], [0x80, 0xbf], [0x80, 0xbf]],
]; // biome-ignore format: one row, one line

/** State 0 is between characters; REFUSED is final; each other state is a row and how far it has been read. */
export const REFUSED = 255;

/** The next state for a state and an octet, at 256 * state + octet. U+0000 is refused too (MQTT-1.5.4-2). */
export const NEXT: Uint8Array = (() => {
  const states = new Map<string, number>([['', 0]]);
  const table = new Uint8Array(256 * 32).fill(REFUSED);
  table.fill(0, 1, 0x80); // UTF8-1 without U+0000
  const stateOf = (rest: (readonly [number, number])[]): number => {
    const key = JSON.stringify(rest);
    const known = states.get(rest.length === 0 ? '' : key);
    if (known !== undefined) return known;
    const state = states.size;
    states.set(key, state);
    enter(state, rest);
    return state;
  };
  const enter = (state: number, [[low, high], ...rest]: (readonly [number, number])[]) => {
    const after = stateOf(rest);
    table.fill(after, 256 * state + low, 256 * state + high + 1);
  };
  for (const row of ROWS) enter(0, row);
  return table;
})();

/**
 * Where the first fault is, counted from `from`; -1 for none. The fault of a broken or cut off sequence is where it begins.
 */
export function faultIn(bytes: Uint8Array, from: number, to: number): number {
  let state = 0;
  let first = from;
  for (let at = from; at < to; at++) {
    if (state === 0) first = at;
    state = NEXT[256 * state + bytes[at]];
    if (state === REFUSED) return first - from;
  }
  return state === 0 ? -1 : first - from;
}
