import { describe, expect, it } from 'vitest';
import { Device, type Guest } from '../../../../host/microvisor/index.js';
import { compileGuest, guestSource } from '../rig/compile-guest.js';
import { DEVICE_ID } from '../rig/rig.js';

describe('a device in real time', () => {
  const options = { deviceId: DEVICE_ID, config: { fetch: async () => [] } };

  const stateOf = (guest: Guest) => guest.enter('mv_app_state');

  it('runs the guest on the event loop until it is stopped', async () => {
    let reach = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const device = await Device.load({
      ...options,
      guest: await compileGuest(guestSource.replace('mv_host_timer(500)', 'mv_host_timer(5)')),
      onEvent: (event) => {
        if (event.event === 'turn' && event.entry === 'mv_app_timer') reach();
      },
    });
    device.start();
    await reached;
    expect(stateOf(device.guest)).toBe(1000);
    await device.stop();
    expect(await device.stopped).toBeUndefined();
    expect(() => stateOf(device.guest)).toThrow('the host stopped it');
  });

  it('is stopped by a trap, with which `stopped` resolves', async () => {
    const guest = await compileGuest(
      guestSource.replace('state = 1000;', 'unreachable();').replace('mv_host_timer(500)', 'mv_host_timer(0)'),
    );
    const device = await Device.load({ ...options, guest });
    device.start();
    expect(await device.stopped).toMatchObject({ name: 'GuestTrap', entry: 'mv_app_timer' });
  });
});
