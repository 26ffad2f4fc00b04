/** What the command uses of this room, which has devices of its own kind. */
export type { FromDevices, ToDevices } from './device-messages.js';
export { DeviceService } from './device-service.js';
export { devicesInThread } from './device-thread.js';
export { FarDevices } from './far-devices.js';
export type { DeviceEnd, IsolatedDevice } from './isolated-device.js';
export { serveDevices } from './serve-devices.js';
