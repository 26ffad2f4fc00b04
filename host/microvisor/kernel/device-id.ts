/** `UV` and 32 hex digits, as mvGetDeviceId writes it, without a terminating NUL. */
const DEVICE_ID = /^UV[0-9a-fA-F]{32}$/;
export const DEVICE_ID_BYTES = 34;

/** @throws TypeError when the device id is not `UV` and 32 hex digits */
export function checkDeviceId(deviceId: string): void {
  if (DEVICE_ID.test(deviceId)) return;
  throw new TypeError(`device id ${JSON.stringify(deviceId)} is not UV followed by 32 hex digits`);
}
