/** The ABI of core.simd.wasm: that of core.wasm, and what makes texts for engines of JavaScript. */
export * from './index';
export { utf8_to_utf16 } from './memory';
