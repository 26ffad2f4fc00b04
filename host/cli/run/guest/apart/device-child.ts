// A process that runs devices beyond --devices-per-process: the entry of build/host/device-child.js.
import process from 'node:process';
import { DeviceService, type FromDevices, type ToDevices } from '../../../../microvisor/isolated/index.js';
import { keepHeapSmall } from '../../../process/small-heap.js';
import { readGuestFile } from '../guest-file.js';
import { loadDevices } from '../load-devices.js';
import { type DeviceEvent, mayBeLost } from '../running-device.js';
import type { ChildStart } from './child-messages.js';

let onTheirWay = 0;
const post = (message: FromDevices<DeviceEvent>) => {
  onTheirWay++;
  process.send!(message, undefined, undefined, () => {
    onTheirWay--;
  });
};
const service = new DeviceService<DeviceEvent>({ post, onTheirWay: () => onTheirWay, mayBeLost });
const stop = new AbortController();

// Ctrl-C in a terminal goes to all processes: the other end, which gets it too, says what is to be done.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// The other end is gone.
process.on('disconnect', () => process.exit());

keepHeapSmall();
process.once('message', ({ file, settings, deviceSids, watchdog }: ChildStart) => {
  process.on('message', (message: ToDevices) => service.receive(message));
  void service.load(deviceSids.length, async (ends) => {
    const starts = ends.map((end, device) => ({ ...end, deviceSid: deviceSids[device] }));
    const module = await readGuestFile(file, stop.signal);
    return await loadDevices({ ...settings, module }, starts, watchdog, stop.signal);
  });
});
