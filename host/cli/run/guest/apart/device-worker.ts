// The thread that runs devices with --isolate: the entry of build/host/device-worker.js.
import { serveDevices } from '../../../../microvisor/isolated/index.js';
import { devicesInProcess } from '../devices-in-process.js';
import { type DeviceEvent, type DevicesStart, mayBeLost } from '../running-device.js';

serveDevices<DevicesStart, DeviceEvent>({
  load: ({ guest, deviceSids }, ends, rewrite) =>
    devicesInProcess(
      guest,
      ends.map((end, device) => ({ ...end, deviceSid: deviceSids[device] })),
      rewrite,
    ),
  mayBeLost,
});
