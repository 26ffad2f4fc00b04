interface Wasm {
  Memory: new (limits: { initial: number; maximum: number }) => object;
}

/** How many memories of WebAssembly this process takes beside those that it has, until V8 refuses one more. Takes seconds. */
export function countMemories(): number {
  const { Memory } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  const kept: object[] = [];
  try {
    for (;;) kept.push(new Memory({ initial: 1, maximum: 256 }));
  } catch {
    return kept.length;
  }
}
