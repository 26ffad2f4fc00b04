import { StoreError } from '../store-error.js';

/** Bytes of an application at most, unless a store is opened with another limit: the flash of the device holds 1 MiB. */
export const DEFAULT_APP_BYTES = 8 * 1024 * 1024;

const BUILD = 'build the application as WebAssembly (wasmqtt build-guest), and upload the .wasm file';

/** TypeScript has it only in its browser library. */
const wasm = (globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } }).WebAssembly;

/** What people upload instead, by its first bytes. */
const KNOWN: [magic: string, what: string][] = [
  ['7f454c46', 'an ELF file, which only the device itself runs'],
  ['504b0304', 'a ZIP archive, as bundles of Microvisor are, which only the device itself runs'],
];

/**
 * Refuses bytes that cannot be an application. Whether a device can run the module only the device can say.
 *
 * @param limit in bytes
 * @throws StoreError `invalid-app`
 */
export function checkAppModule(bytes: Uint8Array, limit: number): void {
  const refuse = (what: string) => new StoreError('invalid-app', `the application ${what}`);
  if (bytes.length === 0) throw refuse(`is empty; ${BUILD}`);
  if (bytes.length > limit)
    throw refuse(`has ${bytes.length} bytes, and at most ${limit} can be stored; make it smaller`);
  const begin = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  const known = KNOWN.find(([magic]) => magic === begin);
  if (known) throw refuse(`is ${known[1]}; ${BUILD}`);
  if (!wasm.validate(bytes)) throw refuse(`is not a valid WebAssembly module; ${BUILD}`);
}
