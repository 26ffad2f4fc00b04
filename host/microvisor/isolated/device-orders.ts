import type { CloudedDevice } from '../device/device-cloud.js';

/** What a cloud wants of a device, as plain data that can go to another thread or process. */
export type DeviceOrder =
  | { order: 'update'; module: Uint8Array; politeness: number | undefined }
  | { order: 'restart' }
  | { order: 'logging'; enabled: boolean };

/** Does with the device what is ordered. @returns what `update` returns; rejects as it does */
export async function obey(device: CloudedDevice, order: DeviceOrder): Promise<boolean> {
  if (order.order === 'update') return device.update(order.module, order.politeness);
  if (order.order === 'restart') device.restart();
  else device.setServerLogging(order.enabled);
  return true;
}

/** A device somewhere else. @param give hands an order over; it rejects when the device refuses it */
export function ordered(give: (order: DeviceOrder) => Promise<boolean>): CloudedDevice {
  // A device that has ended needs neither a restart nor its log.
  const ignore = () => {};
  return {
    update: (module, politeness) => give({ order: 'update', module, politeness }),
    restart: () => void give({ order: 'restart' }).catch(ignore),
    setServerLogging: (enabled) => void give({ order: 'logging', enabled }).catch(ignore),
  };
}
