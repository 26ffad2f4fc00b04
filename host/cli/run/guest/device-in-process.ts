import { Device, type KernelEvent, stm32u585 } from '../../../microvisor/index.js';
import { openHardware } from './device-hardware.js';
import { guestHasFailed, writeGuestOptions } from './guest-options.js';
import type { DeviceStart, GuestStart, RunningDevice } from './running-device.js';

/**
 * Loads a device in this thread.
 *
 * @throws GuestError when the guest cannot be instantiated; UserError when it does not take the options
 */
export async function deviceInProcess(
  { module, options, hardware, interruptEveryCall }: GuestStart,
  start: DeviceStart,
): Promise<RunningDevice> {
  let device: Device | undefined;
  const hasFailed = () => device !== undefined && guestHasFailed(device.guest);
  const forward = (event: KernelEvent) => {
    if (event.event === 'log') start.onEvent({ ...event, isLast: hasFailed() });
    else if (event.event === 'turn') {
      if (hasFailed()) start.onEvent({ event: 'failed' });
    } else if (event.event !== 'interrupt') start.onEvent(event);
  };
  const { behaviour, close, ...parts } = openHardware(hardware, start.deviceSid);
  device = await Device.load({
    ...parts,
    guest: { ...module, board: stm32u585() },
    guestOptions: { interruptEveryCall },
    deviceId: start.deviceSid,
    config: start.config,
    // Brokers may ask for both a certificate and a password.
    behaviour: { ...behaviour, allowPasswordWithClientCertificate: true },
    onEvent: forward,
    onLoaded: (guest) => writeGuestOptions(guest, options),
  }).catch((error: Error) => {
    close();
    throw error;
  });
  void device.stopped.then(close);
  return device;
}
