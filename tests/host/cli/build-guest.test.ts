// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../interop/command.js';
import { freePort, temporaryFolder } from '../../interop/temporary.js';

let temporary: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  temporary = temporaryFolder();
  const { folder } = temporary;
  writeFileSync(join(folder, 'CMakeLists.txt'), 'add_executable(app main.c)\n');
  writeFileSync(
    join(folder, 'main.c'),
    '#include <stdio.h>\nint extra(void);\nint main(void) { printf("built %d\\n", LEVEL); return RESULT; }\n',
  );
});

afterEach(() => temporary.remove());

describe('wasmqtt build-guest', () => {
  it('builds an application; --json has its file, size and sources', async () => {
    const { folder } = temporary;
    const output = join(folder, 'app.wasm');
    const line = ['build-guest', folder, '-o', output, '-D', 'LEVEL=3', '-D', 'RESULT=0', '--json'];
    const { code, stdout } = await new Command(line).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'built', output, sources: [join(folder, 'main.c')] });
  });

  it('ends with exit code 1 and one report for what is missing', async () => {
    const { folder } = temporary;
    const line = ['build-guest', folder, '-o', join(folder, 'app.wasm'), '-D', 'LEVEL=3', '-D', 'RESULT=extra()'];
    const { code, stderr } = await new Command(line).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wasmqtt: names are missing:\n- extra, which \S*main\.c uses; one would expect it in /);
  });

  it('and run in one: wasmqtt run DIR', async () => {
    const { folder } = temporary;
    writeFileSync(join(folder, 'main.c'), '#include <stdio.h>\nint main(void) { printf("it runs\\n"); return 0; }\n');
    const ports = ['--broker-port', `${await freePort()}`, '--cloud-port', '0', '--data', join(folder, 'data')];
    const { code, stdout } = await new Command(['run', folder, ...ports, '--json']).ended;
    expect(stdout).toContain('"text":"it runs"');
    expect(code).toBe(0);
  });
});
