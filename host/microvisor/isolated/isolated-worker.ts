// The thread of a device that `isolateDevice` has loaded: the entry of build/host/isolated-worker.js.
import { stm32u585 } from '../board/stm32u585-model.js';
import { servedCalls } from '../calls/index.js';
import { Device } from '../device/device.js';
import { FlashFile } from '../device/flash-file.js';
import { WifiFile } from '../device/wifi-file.js';
import { compileGuest, type Rewrite } from '../guest/guest-module.js';
import type { IsolatedEvent, IsolatedStart } from './isolate-device.js';
import type { DeviceEnd } from './isolated-device.js';
import { serveDevices } from './serve-devices.js';

serveDevices<IsolatedStart, IsolatedEvent>({
  async prepare(start) {
    const { guest, guestOptions } = start;
    if (!(guest instanceof Uint8Array)) return start;
    return {
      ...start,
      guest: await compileGuest(guest, { ...guestOptions, calls: servedCalls(), board: stm32u585() }),
    };
  },
  load: async (start, [end], rewrite) => [await load(start, end, rewrite)],
  mayBeLost: ({ event }) => event === 'log',
});

async function load(
  start: IsolatedStart,
  { config, onEvent }: DeviceEnd<IsolatedEvent>,
  rewrite: Rewrite,
): Promise<Device> {
  const { guest, guestOptions, flash, wifiPath, ...rest } = start;
  const medium = flash && FlashFile.open(flash.path, flash.size);
  const device = await Device.load({
    ...rest,
    config,
    guest: guest instanceof Uint8Array ? guest : { ...guest, board: stm32u585() },
    guestOptions: { ...guestOptions, board: stm32u585(), rewrite },
    ...(medium && { flash: medium }),
    ...(wifiPath !== undefined && { wifi: new WifiFile(wifiPath) }),
    onEvent: (event) => {
      if (event.event !== 'turn' && event.event !== 'interrupt') onEvent(event);
    },
  });
  void device.stopped.then(() => medium?.close());
  return device;
}
