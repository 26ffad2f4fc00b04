// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BuildError, buildGuest } from '../../../host/build-guest/index.js';
import { whereExpected } from '../../../host/build-guest/missing-names.js';
import { findToolchain } from '../../../host/build-guest/toolchain.js';

const folders: string[] = [];
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** An application of one source, and where it is to be built. */
function application(source: string): [folder: string, output: string] {
  const folder = mkdtempSync(join(tmpdir(), 'application-'));
  folders.push(folder);
  writeFileSync(join(folder, 'CMakeLists.txt'), 'add_executable(app main.c)\n');
  writeFileSync(join(folder, 'main.c'), source);
  return [folder, join(folder, 'out/app.wasm')];
}

const refusal = async (folder: string, output: string): Promise<BuildError> =>
  buildGuest(folder, output).then(
    () => expect.fail('it was built'),
    (error) => error,
  );

describe('building a guest', () => {
  it('names every name that is missing, the source that wants it, and where one would expect it', async () => {
    const [folder, output] = application(`
      extern int HAL_DAC_Start(void); extern int osGone(void); extern int helper(void);
      int main(void) { return HAL_DAC_Start() + osGone() + helper(); }`);
    const { code, message } = await refusal(folder, output);
    expect(code).toBe('missing-names');
    expect(message).toMatch(/- HAL_DAC_Start, which \S*main\.c uses; one would expect it in the HAL/);
    expect(message).toMatch(/- osGone, which \S*main\.c uses; one would expect it in cmsis_os2\.h/);
    expect(message).toMatch(/- helper, which \S*main\.c uses; one would expect it in a source of the application/);
    expect(existsSync(output)).toBe(false);
  });

  it('says what the compiler says of a source that it refuses', async () => {
    const [folder, output] = application('int main(void) { return undeclared; }');
    const { code, message } = await refusal(folder, output);
    expect(code).toBe('compile-failed');
    expect(message).toMatch(/main\.c cannot be compiled:[\s\S]*use of undeclared identifier 'undeclared'/);
  });

  it('lets no header of a folder that CMake does not name hide one of libc', async () => {
    const [folder, output] = application(
      '#include <string.h>\n#include "own.h"\nint main(void) { return strlen("") + OWN; }',
    );
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'lib/string.h'), '#error this is not the one of libc\n');
    writeFileSync(join(folder, 'lib/own.h'), '#define OWN 0\n');
    expect((await buildGuest(folder, output)).warnings).toBe('');
    expect(existsSync(output)).toBe(true);
  });

  it('names a compiler that is missing, with the command that installs it', () => {
    process.env.PATH = '/nowhere';
    expect(() => findToolchain(false)).toThrow(
      'building needs clang-14, wasm-ld-14; install with: apt-get install clang-14 lld-14',
    );
  });

  it.each([
    ['mvNew', 'mv_syscalls.h'],
    ['HAL_SPI_Init', 'the HAL'],
    ['LL_GPIO_Init', 'low-level'],
    ['osNew', 'cmsis_os2.h'],
    ['xTaskNew', 'FreeRTOS'],
    ['vTimerNew', 'FreeRTOS'],
    ['_sbrk', 'newlib'],
    ['work_start', '--source'],
  ])('expects %s in %s', (name, where) => {
    expect(whereExpected(name)).toContain(where);
  });
});
