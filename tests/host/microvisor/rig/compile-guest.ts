import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../../..');
const ASC = join(root, 'node_modules/assemblyscript/bin/asc.js');

/**
 * Compiles a few lines of AssemblyScript over the generated declarations. The compiler has a process of its own: it replaces
 * `Array.prototype.sort` and adds a hundred globals where it is loaded.
 */
export async function compileGuest(source: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(root, 'build/guest-'));
  try {
    await writeFile(join(folder, 'guest.ts'), `import * as mv from '../abi/microvisor-assembly';\n${source}`);
    const file = (name: string) => join(folder, name).slice(root.length + 1);
    const options = [file('guest.ts'), '--outFile', file('guest.wasm'), '--runtime', 'stub', '--use', 'abort='];
    // Its refusal has the words of the compiler.
    await promisify(execFile)(process.execPath, [ASC, ...options, '--baseDir', root]);
    return readFileSync(join(folder, 'guest.wasm'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Asks for the network; the interrupt that follows prints, and arms the timer for 500 ms. */
export const guestSource = `
@external("env", "mv_host_timer") declare function mv_host_timer(milliseconds: i32): void;
@external("env", "mv_host_print") declare function mv_host_print(address: usize, length: u32): void;
const buffer = memory.data(64, 8);
const work = memory.data(64, 8);
let state: i32 = 0;
let deep: i32 = 0;
export function mv_app_start(): void {
  store<u32>(work, mv.Interrupt.TIM8_BRK);
  store<u32>(work + 4, <u32>buffer);
  store<u32>(work + 8, 64);
  if (mv.mvSetupNotifications(work, work + 16) != mv.MvStatus.OKAY) unreachable();
  store<u32>(work, 1);
  store<u32>(work + 4, load<u32>(work + 16));
  store<u32>(work + 8, 77);
  if (mv.mvRequestNetwork(work, work + 20) != mv.MvStatus.OKAY) unreachable();
  state = 1;
}
export function TIM8_BRK_IRQHandler(): void {
  state = load<u32>(buffer + 12);
  store<u32>(work, 0x6b6f);
  mv_host_print(work, 2);
  mv_host_timer(500);
}
export function mv_app_timer(): void { state = 1000; mv_host_timer(-1); }
export function mv_app_state(): i32 { return state; }
export function trap(): void { unreachable(); }
export function recurse(): void { deep++; recurse(); deep++; }
`;
