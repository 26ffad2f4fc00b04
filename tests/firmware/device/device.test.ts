// needs: openssl, wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { typescriptProgram } from '../../../tools/run-typescript.js';
import { Authority } from '../../interop/authority.js';
import { Child } from '../../interop/child.js';

const pki = new Authority()
  .issue('old-root', { from: -3, to: -1, extensions: ['basicConstraints=critical,CA:TRUE'] })
  .toDer('old-root');
const words = ['--json', '--command', 'hello', '--beside', pki.path('old-root.der')];
const device = new Child(process.execPath, typescriptProgram('tools/firmware/device.ts', ...words));
const topic = 'sensor/device/UV00000000000000000000000000000033';

afterAll(async () => {
  // It stops the emulator before it ends.
  device.signal('SIGTERM');
  await device.ended;
  pki[Symbol.dispose]();
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
});

it('a root that has expired costs the device nothing but a warning, while another one is usable', async () => {
  await device.line('stdout', /"event":"log".*warning: root-CA: the certificate has expired; .* \(byte 0\)/);
});

it('its program ends when it is asked to', async () => {
  device.signal('SIGTERM');
  expect((await device.ended).code).toBe(0);
});
