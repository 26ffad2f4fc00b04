import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BuildError } from './build-error.js';

/** The compiler and linker for guests. */
export interface Toolchain {
  clang: string;
  clangxx: string;
}

const LIBRARIES = '/usr/lib/wasm32-wasi';
const RUNTIME = '/usr/lib/llvm-14/lib/clang/14.0.6/lib/wasi/libclang_rt.builtins-wasm32.a';

/** What building needs, with the Debian package that has it. */
const NEEDS: readonly { name: string; package: string; language?: 'C++'; there(): boolean }[] = [
  { name: 'clang-14', package: 'clang-14', there: () => programPath('clang-14') !== undefined },
  { name: 'wasm-ld-14', package: 'lld-14', there: () => programPath('wasm-ld-14') !== undefined },
  { name: 'wasi-libc', package: 'wasi-libc', there: () => existsSync(join(LIBRARIES, 'libc.a')) },
  { name: 'the compiler runtime', package: 'libclang-rt-14-dev-wasm32', there: () => existsSync(RUNTIME) },
  {
    name: 'the C++ library',
    package: 'libc++-14-dev-wasm32',
    language: 'C++',
    there: () => existsSync('/usr/lib/llvm-14/include/wasm32-wasi/c++/v1/string'),
  },
  {
    name: 'the C++ runtime',
    package: 'libc++abi-14-dev-wasm32',
    language: 'C++',
    there: () => existsSync('/usr/lib/llvm-14/lib/wasm32-wasi/libc++abi.a'),
  },
];

function programPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/**
 * Finds the compiler.
 * @param withCxx whether there are sources in C++
 * @throws BuildError ('no-compiler') that names what is missing and the command that installs it
 */
export function findToolchain(withCxx: boolean): Toolchain {
  const missing = NEEDS.filter(({ language, there }) => (withCxx || language === undefined) && !there());
  if (missing.length > 0) {
    throw new BuildError(
      'no-compiler',
      `building needs ${missing.map(({ name }) => name).join(', ')}; install with: ` +
        `apt-get install ${missing.map((need) => need.package).join(' ')}`,
    );
  }
  return { clang: programPath('clang-14')!, clangxx: programPath('clang++-14') ?? programPath('clang-14')! };
}
