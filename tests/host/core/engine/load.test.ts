import { describe, expect, it } from 'vitest';
import { CoreLoadError, loadCore } from '../../../../host/core/engine/load.js';
import { type ModuleName, readModule } from '../../../../host/core/engine/node/package-files.js';
import { wasm } from '../../../webassembly.js';

/** A module whose abi_version returns 999. */
const OTHER_ABI = Buffer.from(
  '0061736d01000000010501600001 7f 03020100070f010b6162695f76657273696f6e0000 0a0701050041e7070b'.replaceAll(' ', ''),
  'hex',
);

/** The error of a call. */
function failure(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** Loads the core and makes an instance of it; the builds that were read. */
function loaded(bytesOf: (name: ModuleName) => Uint8Array, isSmall = false): string[] {
  const names: string[] = [];
  const read = (name: ModuleName) => {
    names.push(name);
    return bytesOf(name);
  };
  expect(loadCore(read, isSmall)().abi_version()).toBeGreaterThan(0);
  return names;
}

/** Runs with another value of a global variable or a member of WebAssembly. */
function replaced<T>(object: object, name: string, value: unknown, run: () => T): T {
  const before = Object.getOwnPropertyDescriptor(object, name) as PropertyDescriptor;
  Object.defineProperty(object, name, { ...before, value });
  try {
    return run();
  } finally {
    Object.defineProperty(object, name, before);
  }
}

/** An engine that makes no instance, for this reason. */
const withoutInstances = (reason: Error) =>
  replaced(
    wasm,
    'Instance',
    function refuse() {
      throw reason;
    },
    () => failure(loadCore(readModule, false)),
  );

describe('the core is loaded', () => {
  it('from core.simd.wasm, or from core.wasm where that is wanted', () => {
    expect(loaded(readModule)).toEqual(['core.simd.wasm']);
    expect(loaded(readModule, true)).toEqual(['core.wasm']);
  });

  it('from core.wasm where the engine refuses core.simd.wasm, or the package does not have it', () => {
    const both = ['core.simd.wasm', 'core.wasm'];
    expect(loaded((name) => (name === 'core.wasm' ? readModule(name) : Buffer.from('no module')))).toEqual(both);
    expect(loaded((name) => readModule(name === 'core.wasm' ? name : ('none.wasm' as ModuleName)))).toEqual(both);
  });
});

describe('a core that cannot be loaded', () => {
  it('is named in one sentence when Node has no WebAssembly', () => {
    const error = replaced(globalThis, 'WebAssembly', undefined, () => failure(() => loadCore(readModule, false)));
    expect(error).toBeInstanceOf(CoreLoadError);
    expect(error).toMatchObject({
      name: 'CoreLoadError',
      message:
        'wasmqtt: this Node has no WebAssembly, in which the core runs: start it without --jitless and --no-expose-wasm',
    });
  });

  it('is named with its ABI version when that is another one', () => {
    const error = failure(loadCore(() => OTHER_ABI, false));
    expect(error).toBeInstanceOf(CoreLoadError);
    expect(error.message).toMatch(
      /^wasmqtt: core\.wasm has ABI version 999, this package wants \d+: take the module of the same version of the package, and in a checkout run "npm run build"$/,
    );
  });

  it('is explained when the system refuses the addresses', () => {
    const cause = new RangeError('WebAssembly.Instance(): Out of memory');
    const error = withoutInstances(cause);
    expect(error).toMatchObject({ name: 'CoreLoadError', cause });
    expect(error.message).toContain('raise the limit ("ulimit -v unlimited")');
  });

  it('is named with the words of the engine when that refuses it for another reason', () => {
    const cause = new TypeError('another reason');
    expect(withoutInstances(cause)).toMatchObject({
      cause,
      message:
        'wasmqtt: the engine refuses the core: another reason; it must be core.simd.wasm or core.wasm of this package, whole',
    });
  });

  it.each([0, 1, 8, 1000, 20_000])('is named when only %i of its bytes are there', (length) => {
    const error = failure(() => loadCore((name) => readModule(name).subarray(0, length), false)());
    expect(error).toMatchObject({ name: 'CoreLoadError' });
    expect(error.message).toMatch(/of this package/);
  });
});
