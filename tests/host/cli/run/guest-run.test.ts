// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32, wasm2c
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command, TAKES_LONG } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { compileCGuest } from '../../microvisor/rig/compile-c-guest.js';

let folder: string;
const undo = undoAfterEach();

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
});

function fileOf(bytes: Uint8Array): string {
  const file = join(folder, 'guest.wasm');
  writeFileSync(file, bytes);
  return file;
}

async function run(guest: string, ...args: string[]): Promise<Command> {
  const ports = ['--cloud-port', '0', '--broker-port', `${await freePort()}`];
  const command = new Command(['run', '--json', '--data', join(folder, 'data'), '--guest', guest, ...ports, ...args]);
  undo.push(() => command.kill());
  return command;
}

const SPINNING = `
  __attribute__((noinline)) void spins(volatile int *n) { for (;;) ++*n; }
  int main(void) { int n = 0; mv_host_print("spinning", 8); mv_host_wait(1); spins(&n); }`;

describe('run --guest with an application that waits in its calls', () => {
  const blinking = () =>
    fileOf(
      compileCGuest(`
        #include <stdio.h>
        int main(void) { for (int n = 0; n < 3; n++) { printf("blink %d\\n", n); mv_host_wait(10); } return 0; }`),
    );

  it('reports its lines, and ends when it leaves main', async () => {
    const device = await run(blinking());
    const { code, stderr } = await device.ended;
    expect({ code, stderr: stderr.replace(TAKES_LONG, '') }).toEqual({ code: 0, stderr: '' });
    const lines = device.events.filter(({ event }) => event === 'log').map(({ text }) => text);
    expect(lines).toEqual(['blink 0', 'blink 1', 'blink 2']);
    expect(device.events.at(-2)).toEqual({ event: 'exit', code: 0 });
    expect(readdirSync(join(folder, 'data/guests'))).toHaveLength(1);
  });

  it('runs several devices, each with a SID of its own that is the same in the next run', async () => {
    const guest = blinking();
    const seen = [];
    for (let round = 0; round < 2; round++) {
      const device = await run(guest, '--devices', '3');
      expect((await device.ended).code).toBe(0);
      const sids = device.events.filter(({ event }) => event === 'device').map(({ deviceSid }) => deviceSid);
      for (const sid of sids) {
        const own = device.events.filter(({ event, device: of }) => event === 'log' && of === sid);
        expect(own.map(({ text }) => text)).toEqual(['blink 0', 'blink 1', 'blink 2']);
      }
      seen.push(sids);
    }
    expect(new Set(seen[0]).size).toBe(3);
    expect(seen[1]).toEqual(seen[0]);
  });
});

describe('run --guest with an application that never comes back', () => {
  it('ends it after the time of --watchdog, with its stack', async () => {
    const device = await run(fileOf(compileCGuest(SPINNING)), '--watchdog', '500ms');
    const { code, stderr } = await device.ended;
    expect(code).toBe(1);
    expect(stderr.replace(TAKES_LONG, '')).toMatch(
      /^wasmqtt: the guest did not come back for 500 ms \(--watchdog\); it is ended; the stack, innermost first: spins, __original_main, _start.*\n$/,
    );
    expect(device.events.at(-1)).toMatchObject({ event: 'summary', errors: 1 });
  });

  it('ends it in its start function too', async () => {
    const text = join(folder, 'start.wat');
    writeFileSync(
      text,
      '(module (memory (export "memory") 1) (func $begin (loop $l (br $l))) (func (export "mv_app_start")) (start $begin))',
    );
    const guest = join(folder, 'guest.wasm');
    execFileSync('wat2wasm', ['--debug-names', text, '-o', guest]);
    const { code, stderr } = await (await run(guest, '--watchdog', '500ms')).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('it is ended; the stack, innermost first: begin');
  });

  it('ends at a signal all the same', async () => {
    const device = await run(fileOf(compileCGuest(SPINNING)), '--watchdog', '1h');
    await device.event('log');
    expect(await device.interrupt()).toMatchObject({ code: 0, summary: { errors: 0 } });
  });

  it('ends after the time of --for', async () => {
    const device = await run(fileOf(compileCGuest(SPINNING)), '--for', '1s', '--watchdog', '1h');
    expect((await device.ended).code).toBe(0);
  });
});

describe('run --guest with a module that cannot be a guest', () => {
  it('starts nothing, and lists everything that is wrong', async () => {
    const text = join(folder, 'bad.wat');
    writeFileSync(
      text,
      `(module
        (import "env" "mvGetMicroseconds" (func (param i64) (result i32)))
        (import "env" "mvTeleport" (func))
        (memory (export "memory") 1000)
        (func (export "mv_app_start") (param i32)))`,
    );
    const guest = join(folder, 'guest.wasm');
    execFileSync('wat2wasm', [text, '-o', guest]);
    const device = await run(guest);
    const { code, stderr } = await device.ended;
    expect(code).toBe(1);
    expect(stderr.split('\n').slice(1, -1)).toEqual([
      '- it imports env.mvGetMicroseconds as (i64) -> i32, which is offered as (i32) -> i32',
      '- it imports the function env.mvTeleport, which is not offered',
      '- it begins with 64000 KiB of memory, and may have 16384 KiB',
      '- it exports mv_app_start as (i32) -> (), which is called as () -> ()',
    ]);
    expect(device.events.map(({ event }) => event)).toEqual(['error', 'summary']);
  });
});

describe('the devices of a run', () => {
  it.each([
    [['--devices', '0'], 'Give a number from 1 to 100000.'],
    [['--devices-per-process', '12001'], 'Give a number from 1 to 12000.'],
    [['--no-isolate', '--watchdog', '1s'], '--no-isolate and --watchdog exclude each other'],
    [['--device-sid', `UV${'0'.repeat(32)}`, '--device-sid', `UV${'0'.repeat(32)}`], 'this device is named twice'],
    [
      ['--devices', '1', '--device-sid', `UV${'0'.repeat(32)}`, '--device-sid', `UV${'1'.repeat(32)}`],
      '--devices 1: 2 devices are named with --device-sid',
    ],
    [['--devices', '2', '--client-id', 'one'], '--client-id: a broker has one connection for each client id'],
  ])('are refused with %j', async (args, problem) => {
    const { code, stderr } = await (await run('build/app.wasm', ...args)).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(problem) });
  });
});
