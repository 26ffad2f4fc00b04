import type { SystemCallName } from '../../../build/abi/microvisor.js';
import { Kernel, type KernelHost } from '../kernel/kernel.js';
import type { HttpClient } from '../transport/http-client.js';
import type { MqttTransportFactory } from '../transport/transport.js';
import { clockCalls } from './clocks.js';
import { type ConfigSource, configFetchCalls } from './config-fetch.js';
import { flashCalls } from './hardware/flash.js';
import type { FlashMedium } from './hardware/flash-medium.js';
import { peripheralCalls } from './hardware/peripheral.js';
import { powerCalls } from './hardware/power.js';
import { testingCalls } from './hardware/testing.js';
import { wifiCalls } from './hardware/wifi.js';
import { type WifiMedium, WifiMemory } from './hardware/wifi-medium.js';
import { httpCalls } from './http/http-calls.js';
import { identityCalls } from './identity.js';
import { mqttCalls } from './mqtt/index.js';
import type { OpaqueEndpoint } from './opaque/opaque-endpoint.js';
import { streamCalls } from './opaque/stream-calls.js';
import { systemCalls } from './system.js';

export interface KernelOptions extends KernelHost {
  config: ConfigSource;
  mqttTransport: MqttTransportFactory;
  /** Default: none, and every request fails. */
  httpClient?: HttpClient;
  /** The external flash; default: none. */
  flash?: FlashMedium;
  /** Keeps the settings of Wi-Fi; default: memory. */
  wifi?: WifiMedium;
  /** The endpoints of channels of opaque bytes, by their names; default: none. */
  endpoints?: Readonly<Record<string, OpaqueEndpoint>>;
}

/**
 * A kernel that serves every family of system calls.
 * @throws TypeError when the device id is not `UV` and 32 hex digits
 *
 * @example
 * ```ts
 * import { createKernel, type Kernel, type KernelOptions, tlsTransport } from 'wasmqtt/microvisor';
 *
 * const options: KernelOptions = {
 *   now: () => performance.now(),
 *   deviceId: `UV${'0'.repeat(32)}`,
 *   config: { fetch: async (items) => items.map(() => ({ result: 'keyNotFound' })) },
 *   mqttTransport: tlsTransport(),
 * };
 * const kernel: Kernel = createKernel(options);
 * kernel.call('mvNoOp'); // => 0
 * ```
 */
export function createKernel(options: KernelOptions): Kernel {
  return new Kernel(options, [
    identityCalls,
    clockCalls,
    configFetchCalls(options.config),
    mqttCalls(options.mqttTransport),
    httpCalls(options.httpClient ?? noHttp),
    systemCalls,
    streamCalls(options.endpoints ?? {}),
    flashCalls(options.flash),
    wifiCalls(options.wifi ?? new WifiMemory()),
    powerCalls,
    peripheralCalls,
    testingCalls,
  ]);
}

/**
 * The system calls that such a kernel serves, for whoever checks a guest before there is one.
 *
 * @example
 * ```ts
 * import { servedCalls } from 'wasmqtt/microvisor';
 *
 * servedCalls().includes('mvMqttRequestConnect'); // => true
 * ```
 */
export function servedCalls(): SystemCallName[] {
  const unused = () => {
    throw new Error('this kernel runs nothing');
  };
  const kernel = createKernel({
    now: () => 0,
    deviceId: `UV${'0'.repeat(32)}`,
    config: { fetch: unused },
    mqttTransport: unused,
  });
  return kernel.implemented;
}

const noHttp: HttpClient = (_request, finished) => {
  finished({ result: 'failed', detail: 'the host makes no HTTP requests' });
  return { abort() {} };
};
