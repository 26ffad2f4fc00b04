import type { ConfigSource } from '../calls/config-fetch.js';
import { Device, type DeviceOptions } from '../device/device.js';
import type { BoardModel } from '../guest/board-port.js';
import { type HttpHandler, httpInProcess } from './http-in-process.js';
import { Recorder } from './recorder.js';
import { seededRandom } from './seeded-random.js';
import { type ReachableBroker, refusedConnections } from './test-broker.js';
import { TestDevice } from './test-device.js';
import { type ConfigValues, untimedSource } from './untimed-source.js';
import { VirtualClock } from './virtual-clock.js';

export interface TestDeviceOptions
  extends Pick<
    DeviceOptions,
    'guest' | 'guestOptions' | 'limits' | 'behaviour' | 'flash' | 'wifi' | 'endpoints' | 'onLoaded'
  > {
  /** `UV` and 32 hex digits; default: zeros. */
  deviceId?: string;
  /** The board of an application in C, for example `stm32u585()`; default: that of `guestOptions`. */
  board?: BoardModel;
  /** The clock, which several devices may share; default: that of the broker, or a new one. */
  clock?: VirtualClock;
  /** The broker, which several devices may share: a {@link TestBroker}, or one of yours. Default: none can be reached. */
  broker?: ReachableBroker;
  /** Configs and secrets: values by their keys, or a source such as a cloud; default: none. */
  stores?: ConfigSource | ConfigValues;
  /** Answers HTTP requests; default: they fail. */
  http?: HttpHandler;
  /** What handles follow from, 32 bits (default 1). */
  seed?: number;
  /** False: system calls, interrupts and turns are not recorded, for runs of millions of them (default true). */
  record?: boolean;
}

/**
 * A device in virtual time, with nothing outside of the process; its guest has started. The same options give the same run, byte for
 * byte, as long as functions of yours (`http`, a source of configs) do.
 *
 * @throws GuestError when the module cannot be a guest; TypeError for a bad device id; Error when clock and broker live in different times
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { BrokerEngine } from 'wasmqtt/broker';
 * import { type ConfigValues, createDevice, TestBroker, type TestDeviceOptions } from 'wasmqtt/microvisor';
 *
 * const stores: ConfigValues = { 'broker-host': 'broker.example.com', 'broker-port': '8883', 'client-id': 'pump-7' };
 * const broker = new TestBroker((host) => new BrokerEngine(host));
 * const options: TestDeviceOptions = { guest: readFileSync(modulePath('app.wasm')), broker, stores };
 * const device = await createDevice(options);
 * await device.until('subscribed');
 * await device.advance(60_000);
 * device.published.length; // => 60
 * await device.stop();
 * ```
 */
export async function createDevice(options: TestDeviceOptions): Promise<TestDevice> {
  const { broker, clock = broker?.clock ?? new VirtualClock(), http = noHttp, board, seed = 1, ...rest } = options;
  if (broker && broker.clock !== clock)
    throw new Error('the broker has another clock than the device: give both the same, or the device none');
  const recorder = new Recorder(() => clock.now(), options.record ?? true);
  const device = await Device.load({
    guest: rest.guest,
    guestOptions: { spend: (milliseconds) => clock.spend(milliseconds), ...rest.guestOptions, ...(board && { board }) },
    deviceId: rest.deviceId ?? `UV${'0'.repeat(32)}`,
    limits: rest.limits,
    behaviour: rest.behaviour,
    flash: rest.flash,
    wifi: rest.wifi,
    endpoints: rest.endpoints,
    onLoaded: rest.onLoaded,
    clock,
    config: untimedSource(rest.stores ?? {}, clock),
    mqttTransport: broker?.connect ?? refusedConnections(clock),
    httpClient: httpInProcess(clock, http),
    random: seededRandom(seed),
    log: (line) => recorder.log.push(line),
    onEvent: (event) => recorder.event(event),
    trace: (call, status, words) => recorder.call(call, status, words),
  });
  const tested = new TestDevice(device, clock, recorder);
  device.start();
  return tested;
}

const noHttp: HttpHandler = () => ({
  result: 'failed',
  detail: 'the test does not say what answers: see `http` of createDevice',
});
