import { devicesInThread } from '../../../../microvisor/isolated/index.js';
import { startThread } from '../../../process/young-generation.js';
import type { DeviceEvent, DeviceStart, DevicesStart, GuestStart, RunningDevice } from '../running-device.js';

/**
 * Loads devices in a thread of their own, which is ended when it does not come back to its event loop; none has started.
 *
 * @param watchdog milliseconds
 * @param stop ends the thread when it is aborted before the devices are loaded
 * @throws Error when the guest cannot be loaded, or does not come back meanwhile
 */
export async function devicesInWorker(
  guest: GuestStart,
  starts: readonly DeviceStart[],
  watchdog: number,
  stop: AbortSignal,
): Promise<readonly RunningDevice[]> {
  const start: DevicesStart = { guest, deviceSids: starts.map(({ deviceSid }) => deviceSid) };
  const thread = { script: 'device-worker.js', start, watchdog, watchdogName: '--watchdog', startThread };
  return await devicesInThread<DevicesStart, DeviceEvent>(thread, starts, stop);
}
