// The device application as a firmware for the emulated Cortex-M33, and the emulator.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { root } from '../root.js';

const WASM3 = process.env.WASM3_SOURCE ?? join(root, 'node_modules/react-native-webassembly/cpp');
const MACHINE = ['-mcpu=cortex-m33', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv5-sp-d16', '-ffunction-sections', '-Os'];
const PROGRAMS = ['arm-none-eabi-gcc', 'qemu-system-arm', 'wasm2c'];

/** The programs for it that this machine lacks. */
export function missingPrograms(): string[] {
  return PROGRAMS.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error);
}

/** Compiles the firmware in a folder; returns the path of the program. */
export function compileFirmware(folder: string): string {
  const gcc = (...words: string[]) =>
    execFileSync('arm-none-eabi-gcc', [...MACHINE, ...words], { cwd: root, stdio: ['ignore', 2, 2] });
  const at = (name: string) => join(folder, name);
  execFileSync('wasm2c', [join(root, 'build/core.wasm'), '-n', 'core', '-o', at('core.c')]);
  const aot = ['-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`];
  gcc('-w', ...aot, '-c', at('core.c'), '-o', at('core.o'));
  gcc('-w', '-Ihost/wasm3', `-I${WASM3}`, '-c', 'host/wasm3/wq_engine.c', '-o', at('engine.o'));
  const rooms = ['calls', 'guest', 'device'].map((room) => `host/wasm3/${room}`);
  const sources = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
      name.endsWith('.c') ? [`${room}/${name}`] : [],
    ),
  );
  const shared = ['wq_core.c', 'wq_text.c', 'wq_module.c', 'aot/wq_aot.c', 'musca-b1/start.c'];
  const headers = ['build', 'host/wasm3', 'host/wasm3/calls/include', 'host/wasm3/guest', 'host/wasm3/device'];
  const includes = [...headers.map((room) => `-I${room}`), '-isystem', WASM3];
  const link = ['-nostartfiles', '--specs=rdimon.specs', '-T', 'host/wasm3/musca-b1/musca-b1.ld', '-Wl,--gc-sections'];
  const quiet = ['-Wl,--no-warn-rwx-segments', '-Wl,--no-warnings'];
  const own = [...sources, ...shared.map((name) => `host/wasm3/${name}`), at('core.o'), at('engine.o')];
  gcc('-std=c99', ...aot, ...includes, ...own, ...link, ...quiet, '-o', at('device'));
  return at('device');
}

/** Starts the emulator. `onLine` gets the lines that the firmware prints. */
export function emulate(program: string, folder: string, onLine: (line: string) => void): ChildProcess {
  const words = ['fw', folder, join(root, 'build/app.wasm')].map((word) => `arg=${word}`).join(',');
  const quiet = ['-nographic', '-monitor', 'none', '-serial', 'none'];
  const semihosting = ['-semihosting-config', `enable=on,target=native,${words}`];
  const child = spawn('qemu-system-arm', ['-M', 'musca-b1', ...quiet, '-kernel', program, ...semihosting], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Otherwise it would outlive this program.
  process.once('exit', () => child.kill('SIGKILL'));
  createInterface({ input: child.stdout }).on('line', onLine);
  return child;
}
