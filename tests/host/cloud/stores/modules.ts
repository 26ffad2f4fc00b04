/** The smallest module, and others that differ in a custom section (WebAssembly core specification, 5.5.3). */
export function tinyModule(mark?: string): Uint8Array {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  if (mark === undefined) return new Uint8Array(header);
  const name = Buffer.from(mark);
  return new Uint8Array([...header, 0, name.length + 1, name.length, ...name]);
}
