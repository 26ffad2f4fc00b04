/** Devices in virtual time, for tests. */
export { createDevice, type TestDeviceOptions } from './create-device.js';
export type { HttpAnswer, HttpHandler } from './http-in-process.js';
export type { RecordedCall, RecordedEvent, RecordedMessage } from './recorder.js';
export {
  type BrokerHost,
  type BrokerPort,
  type ReachableBroker,
  TestBroker,
  type TestBrokerOptions,
} from './test-broker.js';
export { type EventName, TestDevice } from './test-device.js';
export type { ConfigValues } from './untimed-source.js';
export { type Ticking, VirtualClock } from './virtual-clock.js';
