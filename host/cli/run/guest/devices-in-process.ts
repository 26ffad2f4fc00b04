import { Device, type KernelEvent, type Rewrite, stm32u585 } from '../../../microvisor/index.js';
import { UserError } from '../../process/user-error.js';
import { openHardware } from './device-hardware.js';
import { guestHasFailed, takesOptions, writeGuestOptions } from './guest-options.js';
import type { DeviceStart, GuestStart, RunningDevice } from './running-device.js';

/** What V8 says when it cannot reserve addresses, or the system has no memory. */
const NO_MEMORY = 'Cannot allocate Wasm memory';

/**
 * Loads devices in this thread; none has started.
 *
 * @param rewrite makes updates resumable; default: as `compileGuest` does
 * @throws UserError when the guest cannot be instantiated, so many times or at all, or does not take the options
 */
export async function devicesInProcess(
  guest: GuestStart,
  starts: readonly DeviceStart[],
  rewrite?: Rewrite,
): Promise<readonly RunningDevice[]> {
  const devices: RunningDevice[] = [];
  try {
    for (const start of starts) devices.push(await deviceInProcess(guest, start, rewrite));
  } catch (error) {
    const count = devices.length;
    await Promise.all(devices.map((device) => device.stop()));
    const { message } = error as Error;
    if (!message.includes(NO_MEMORY)) throw new UserError(message);
    throw new UserError(
      `a process takes ${count} devices of this guest here, and was to have ${starts.length}: V8 found no addresses or no memory for ` +
        'one more; give fewer with --devices-per-process or --devices',
    );
  }
  return devices;
}

async function deviceInProcess(
  { module, options, hardware, interruptEveryCall, memoryLimit }: GuestStart,
  start: DeviceStart,
  rewrite: Rewrite | undefined,
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
    // A model for updates too: they come without one.
    guestOptions: { interruptEveryCall, memoryLimit, board: stm32u585(), rewrite },
    deviceId: start.deviceSid,
    config: start.config,
    // Brokers may ask for both a certificate and a password.
    behaviour: { ...behaviour, allowPasswordWithClientCertificate: true },
    onEvent: forward,
    onLoaded: (guest) => {
      // An update may be an application that takes no options.
      if (device === undefined || takesOptions(guest)) writeGuestOptions(guest, options);
    },
  }).catch((error: Error) => {
    close();
    throw error;
  });
  void device.stopped.then(close);
  return device;
}
