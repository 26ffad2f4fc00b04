import { expect } from 'vitest';
import type { Command } from './command.js';
import type { Mosquitto } from './mosquitto.js';

/** Readings of the device reach mosquitto_sub, a command reaches the device, Ctrl-C ends it with 0. */
export async function works(broker: Mosquitto, device: Command, clientId: string): Promise<void> {
  await device.event('subscribed', ({ topic }) => topic === `command/device/${clientId}`);
  const watcher = await broker.subscribe(['-t', `sensor/device/${clientId}`, '-C', '1']);
  try {
    expect(JSON.parse((await watcher.ended).stdout)).toMatchObject({ reading: expect.any(Number), commands: 0 });
  } finally {
    await watcher.kill();
  }
  await broker.publish(`command/device/${clientId}`, 'on');
  await device.event('published', ({ payload }) => JSON.parse(payload).commands === 1);
  expect(await device.interrupt()).toMatchObject({ code: 0, stderr: '', summary: { received: 1, errors: 0 } });
}
