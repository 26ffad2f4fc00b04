/**
 * Memories of WebAssembly that a process has at most, so that no process comes near the end of its addresses. V8 reserves 10 GB for each of
 * them, and 47 bits are 128 TiB: it grants 13,087 (`wasmqtt bench --fleet`, Linux on x86-64).
 */
export const MOST_WASM_MEMORIES = 12_000;
