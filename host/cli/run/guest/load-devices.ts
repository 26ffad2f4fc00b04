import { UserError } from '../../process/user-error.js';
import { deviceInProcess } from './device-in-process.js';
import { DevicesInWorker } from './devices-in-worker.js';
import type { DeviceStart, GuestStart, RunningDevice } from './running-device.js';

/**
 * Loads devices of one guest; none has started.
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
  if (watchdog !== undefined) return await DevicesInWorker.load(guest, starts, watchdog, stop);
  try {
    return await Promise.all(starts.map((start) => deviceInProcess(guest, start)));
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}
