// needs: wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { typescriptProgram } from '../../../tools/run-typescript.js';
import { Child } from '../../interop/child.js';

const device = new Child(
  process.execPath,
  typescriptProgram('tools/firmware/device.ts', '--json', '--command', 'hello'),
);
const topic = 'sensor/device/UV00000000000000000000000000000033';

afterAll(async () => {
  // It stops the emulator before it ends.
  device.signal('SIGTERM');
  await device.ended;
});

it('the device application on an emulated Cortex-M33 sends readings to the broker and gets a command', async () => {
  await device.line('stdout', /"event":"connected"/);
  await device.line('stdout', /"event":"subscribed"/);
  const first = JSON.parse(await device.line('stdout', /"event":"published"/));
  expect(first.topic).toBe(topic);
  expect(JSON.parse(first.payload)).toEqual({ reading: 1, temperature_celsius: expect.any(Number), commands: 0 });
  await device.line('stdout', /"event":"log".*command on .*: hello/);
  const later = JSON.parse(await device.line('stdout', /"event":"published".*commands\\":1/));
  expect(later.topic).toBe(topic);
  device.signal('SIGTERM');
  expect((await device.ended).code).toBe(0);
}, 60_000);
