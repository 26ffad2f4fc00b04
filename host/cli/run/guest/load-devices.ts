import { devicesInWorker } from './apart/devices-in-worker.js';
import { devicesInProcess } from './devices-in-process.js';
import type { DeviceStart, GuestStart, RunningDevice } from './running-device.js';

/**
 * Loads devices of one guest in this process; none has started.
 *
 * @param watchdog milliseconds after which a guest that does not come back is ended: the devices get a thread of their own; without
 *   it they are in this one
 * @param stop ends the loading in a thread
 * @throws UserError when the guest cannot be instantiated or does not take the options
 */
export async function loadDevices(
  guest: GuestStart,
  starts: readonly DeviceStart[],
  watchdog: number | undefined,
  stop: AbortSignal,
): Promise<readonly RunningDevice[]> {
  if (watchdog !== undefined) return await devicesInWorker(guest, starts, watchdog, stop);
  return await devicesInProcess(guest, starts);
}
