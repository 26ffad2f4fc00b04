import { UserError } from '../../process/user-error.js';
import { devicesInChild } from './apart/devices-in-child.js';
import type { GuestFile } from './guest-file.js';
import { loadDevices } from './load-devices.js';
import type { DeviceStart, GuestStart, RunningDevice } from './running-device.js';

/** All devices of a run, wherever they are. */
export interface Fleet {
  guest: GuestStart;
  /** What `guest` was made of: each process makes it again. */
  file: GuestFile;
  /** See {@link loadDevices}. */
  watchdog: number | undefined;
  /** Devices of this process, and of each further one. */
  perProcess: number;
  /** Called when a further process has loaded its devices. */
  onProcess(pid: number, devices: number): void;
}

/**
 * Loads the devices of a run: the first in this process, the others in further ones. None has started.
 *
 * @param stop ends the loading
 * @throws UserError as `loadDevices`, or when a process cannot be started; then none of the devices is left
 */
export async function loadFleet(
  { guest, file, watchdog, perProcess, onProcess }: Fleet,
  starts: readonly DeviceStart[],
  stop: AbortSignal,
): Promise<readonly RunningDevice[]> {
  const failed = new AbortController();
  const ending = AbortSignal.any([stop, failed.signal]);
  const { module, ...settings } = guest;
  const groups = slices(starts, perProcess).map((slice, index) => {
    if (index === 0) return loadDevices(guest, slice, watchdog, ending);
    return devicesInChild({ file, settings, watchdog }, slice, ending, onProcess);
  });
  try {
    return (await Promise.all(groups)).flat();
  } catch (error) {
    failed.abort();
    const loaded = (await Promise.allSettled(groups)).flatMap((group) => ('value' in group ? group.value : []));
    await Promise.all(loaded.map((device) => device.stop()));
    throw error instanceof UserError ? error : new UserError((error as Error).message);
  }
}

function slices<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}
